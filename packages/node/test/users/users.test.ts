import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import { hllRegister } from "@sightline/core";
import { createUserKey, type LineRecord, userHash } from "@sightline/wire";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFakeClock, type FakeClock } from "../../../wire/test/fakes/fake-clock.ts";
import { type RequestScope, runInScope } from "../../src/scope/request-scope.ts";
import { identify, registerUsers, withUser } from "../../src/users/identify.ts";
import { createUsers, type Users, type UsersOptions } from "../../src/users/users.ts";

const SECRET = "a secret of some length";
const HOUR_MILLIS = 3_600_000;
/** The first millisecond of an hour. */
const FULL_HOUR = 1_700_002_800_000;

let clock: FakeClock;
let records: LineRecord[];
let warnings: string[];

beforeEach(() => {
  clock = createFakeClock(FULL_HOUR);
  records = [];
  warnings = [];
});

function start(options: Partial<UsersOptions> = {}): Users {
  return createUsers({
    key: createUserKey(SECRET),
    lines: {
      emit: (record) => records.push(record),
      handOver: () => undefined,
      queuedRecords: () => 0,
      queuedBytes: () => 0,
    },
    release: "1.2.3",
    clock,
    warn: (message) => warnings.push(message),
    ...options,
  });
}

/** What a request does whose handler identifies these users one after the other. */
function request(users: Users, ids: readonly unknown[], hasFailed = false): RequestScope {
  const scope: RequestScope = {};
  runInScope(scope, () => {
    for (const id of ids) users.identify(id, undefined);
  });
  scope.hasFailed = hasFailed;
  users.onEnd(scope);
  return scope;
}

function signs(): string[] {
  return records.map(
    ({ attributes }) => `${attributes["user_hash"]} ${String(attributes["state"])}`,
  );
}

const hashOf = (id: string): string => userHash(id, SECRET);

describe("a session record", () => {
  it("has the fields of the design, the true time and the user's hash, never the id", () => {
    const users = start();
    clock.advance(1_234_567);
    runInScope({}, () => users.identify("ann@example.org", "s-1"));
    const hash = hashOf("ann@example.org");
    expect(records).toEqual([
      {
        timeUnixMillis: FULL_HOUR + 1_234_567,
        severityNumber: 9,
        severityText: "info",
        body: `user ${hash} was here`,
        attributes: {
          kind: "session",
          session_id: "s-1",
          user_hash: hash,
          ...hllRegister(hash),
          release: "1.2.3",
          state: "active",
        },
      },
    ]);
    expect(JSON.stringify(records)).not.toContain("ann@");
  });

  it("comes once per user, hour and state, however many requests there are", () => {
    const users = start();
    for (let minute = 0; minute < 60; minute += 1) {
      request(users, ["a"], minute % 20 === 7);
      request(users, ["b"]);
      clock.advance(60_000);
    }
    expect(signs()).toEqual([
      `${hashOf("a")} active`,
      `${hashOf("b")} active`,
      `${hashOf("a")} errored`,
    ]);
    request(users, ["b"]);
    expect(signs()).toHaveLength(4);
  });

  it("of an error comes with one of presence, also where the request began in the hour before", () => {
    const users = start();
    const scope: RequestScope = {};
    runInScope(scope, () => users.identify("a", undefined));
    clock.advance(HOUR_MILLIS);
    scope.hasFailed = true;
    users.onEnd(scope);
    const times = records.map(({ timeUnixMillis }) => timeUnixMillis - FULL_HOUR);
    expect(times).toEqual([0, HOUR_MILLIS, HOUR_MILLIS]);
    expect(signs().slice(1)).toEqual([`${hashOf("a")} active`, `${hashOf("a")} errored`]);
  });

  it("is not doubled by a clock that steps back over the full hour", () => {
    const users = start();
    clock.advance(HOUR_MILLIS - 1);
    request(users, ["a"], true);
    clock.advance(1);
    request(users, ["a"], true);
    clock.advance(-1);
    request(users, ["a"], true);
    clock.advance(1);
    request(users, ["a"], true);
    expect(records).toHaveLength(4);
  });

  it("comes again after a clock that was days wrong, and nothing is kept of those days", () => {
    const users = start();
    for (const days of [30, -60, 90]) {
      clock.advance(days * 24 * HOUR_MILLIS);
      request(users, ["a"]);
    }
    expect(records).toHaveLength(3);
    request(users, ["a"]);
    expect(records).toHaveLength(3);
  });
});

describe("identify", () => {
  it.each([
    ["a number", 42, "42"],
    ["zero", 0, "0"],
    ["a bigint", 2n ** 64n, "18446744073709551616"],
    ["invalid UTF-16", "\ud800", "\ufffd"],
    ["a name of an object's own", "__proto__", "__proto__"],
  ])("takes %s as its text", (_, id, text) => {
    const scope = request(start(), [id]);
    expect(scope.userHash).toBe(hashOf(text));
    expect(warnings).toEqual([]);
  });

  it.each([undefined, null, "", "  \n"])("takes %j as nobody, without a word", (id) => {
    expect(request(start(), [id])).toEqual({ hasFailed: false });
    expect([records, warnings]).toEqual([[], []]);
  });

  const hostile = {
    toString() {
      throw new Error("hunter2");
    },
  };
  it.each([
    ["an object", hostile],
    ["an object", ["ann"]],
    ["a boolean", true],
    ["a function", () => "ann"],
    ["a symbol", Symbol("ann")],
    ["the number NaN", Number.NaN],
    ["the number Infinity", Number.POSITIVE_INFINITY],
    ["a text of 10485760 characters", "x".repeat(10_485_760)],
    ["a bigint of more than 128 bits", -(2n ** 200_000n)],
  ])("refuses %s, once in words that do not repeat it", (got, id) => {
    const users = start();
    expect(request(users, [id, id]).userHash).toBeUndefined();
    expect(records).toEqual([]);
    expect(warnings).toEqual([
      `identify() got ${got} for a user's id; expected a text or a number of at most 1024 characters, such as identify(request.user.id)`,
    ]);
  });

  it("counts both users of a request in which one logs in as another; errors are the last one's", () => {
    const users = start();
    const scope = request(users, ["admin", "customer"], true);
    expect(scope.userHash).toBe(hashOf("customer"));
    expect(signs()).toEqual([
      `${hashOf("admin")} active`,
      `${hashOf("customer")} active`,
      `${hashOf("customer")} errored`,
    ]);
  });

  it("keeps the user where a later call knows nobody", () => {
    expect(request(start(), ["a", undefined]).userHash).toBe(hashOf("a"));
  });

  it("counts outside of a request, and says once what is missing there", () => {
    const users = start();
    users.identify("a", undefined);
    users.identify("b", undefined);
    expect(signs()).toEqual([`${hashOf("a")} active`, `${hashOf("b")} active`]);
    expect(warnings).toEqual([expect.stringContaining("withUser(userId, work)")]);
  });

  it("without a secret touches nothing and says once what to set", () => {
    const users = start({ key: undefined });
    expect(request(users, ["a"], true)).toEqual({ hasFailed: true });
    expect(request(users, ["b"])).toEqual({ hasFailed: false });
    expect(users.withUser("c", undefined, () => 7)).toBe(7);
    expect(records).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("SIGHTLINE_USER_SECRET")]);
  });

  it("leaves out a session id that is none, once with a word, and keeps the one that is known", () => {
    const users = start();
    const scope: RequestScope = { sessionId: "from-baggage" };
    runInScope(scope, () => {
      users.identify("a", "two words");
      users.identify("a", { toString: () => "s" });
      users.identify("a", "x".repeat(129));
    });
    expect(scope).toEqual({ sessionId: "from-baggage", userHash: hashOf("a") });
    expect(warnings).toHaveLength(1);
    expect(records[0]?.attributes["session_id"]).toBe("from-baggage");
  });
});

describe("what the package exports", () => {
  it("does nothing before the start, but for the work", () => {
    identify("a");
    expect(withUser("a", () => "done")).toBe("done");
    expect(records).toEqual([]);
  });

  it("takes options of any type and never throws", () => {
    const stop = registerUsers(start());
    const options = [
      null,
      "text",
      { sessionId: {} },
      {
        get sessionId() {
          throw new Error("no");
        },
      },
    ];
    for (const [index, value] of options.entries()) identify(`user-${index}`, value as object);
    expect(withUser("last", () => 1, null as unknown as object)).toBe(1);
    stop();
    identify("nobody listens");
    expect(records).toHaveLength(options.length + 1);
    for (const { attributes } of records) expect(attributes).not.toHaveProperty("session_id");
  });
});

describe("withUser", () => {
  it("gives what the work gives, and counts a throw or a rejection as an error of that user", async () => {
    const users = start();
    expect(users.withUser("a", undefined, () => "fine")).toBe("fine");
    await expect(users.withUser("b", undefined, async () => "soon")).resolves.toBe("soon");
    const error = new Error("no");
    const fail = () => {
      throw error;
    };
    expect(() => users.withUser("c", undefined, fail)).toThrow(error);
    await expect(users.withUser("d", undefined, async () => fail())).rejects.toBe(error);
    expect(signs()).toEqual([
      `${hashOf("a")} active`,
      `${hashOf("b")} active`,
      `${hashOf("c")} active`,
      `${hashOf("c")} errored`,
      `${hashOf("d")} active`,
      `${hashOf("d")} errored`,
    ]);
  });

  it("does not start the work of a lazy thenable", () => {
    let started = 0;
    // biome-ignore lint/suspicious/noThenProperty: what query builders look like.
    const query = { then: () => (started += 1) };
    expect(start().withUser("a", undefined, () => query)).toBe(query);
    expect(started).toBe(0);
  });

  it("leaves the request around it as it is", () => {
    const users = start();
    const scope: RequestScope = {};
    runInScope(scope, () => {
      users.identify("a", undefined);
      users.withUser("b", undefined, () => users.identify("c", undefined));
    });
    expect(scope.userHash).toBe(hashOf("a"));
  });

  it("runs the work for nobody, too", () => {
    expect(start().withUser(undefined, undefined, () => "done")).toBe("done");
    expect(records).toEqual([]);
  });
});

describe("the span of the request", () => {
  const ended: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => void ended.push(span),
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    ],
  });
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => context.disable());

  it("carries hash and session from identify on", () => {
    const users = start();
    const span = provider.getTracer("test").startSpan("GET /");
    context.with(trace.setSpan(ROOT_CONTEXT, span), () =>
      runInScope({}, () => users.identify("a", "s-1")),
    );
    span.end();
    expect(ended.at(-1)?.attributes).toEqual({ "user.hash": hashOf("a"), "session.id": "s-1" });
  });
});

describe("a million users in an hour", () => {
  it("leave a bounded number of records, from which the estimate is the same as from all", () => {
    const kept = 5_000;
    const everybody = 1_000_000;
    const users = start({ maxUsersAnHour: kept });
    const all = new Map<string, number>();
    for (let id = 0; id < everybody; id += 1) {
      users.identify(id, undefined);
      raise(all, hashOf(String(id)));
    }
    const written = new Map<string, number>();
    for (const { attributes } of records) raise(written, String(attributes["user_hash"]));
    expect(written).toEqual(all);
    expect(users.overLimit()).toBe(everybody - kept);
    // At most as many as registers can be raised: 4,096 of them, some ten times each.
    expect(records.length).toBeLessThan(kept + 4_096 * 10);
  }, 60_000);

  it("do not hide the errors of those beyond the limit", () => {
    const users = start({ maxUsersAnHour: 1 });
    request(users, ["a"]);
    request(users, ["b"], true);
    request(users, ["b"], true);
    expect(signs()).toEqual([
      `${hashOf("a")} active`,
      `${hashOf("b")} active`,
      `${hashOf("b")} errored`,
    ]);
  });
});

/** The highest rank of each register, in each of the sixteen groups. */
function raise(registers: Map<string, number>, hash: string): void {
  const { ui, ur } = hllRegister(hash);
  const place = `${hash.at(-1)} ${ui}`;
  registers.set(place, Math.max(registers.get(place) ?? 0, ur));
}
