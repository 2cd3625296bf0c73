import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { createRedactor, LOKI_LIMIT } from "@sightline/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LogLine } from "../../src/logs/log-line.ts";
import { toLineRecord } from "../../src/logs/log-record.ts";
import { runInScope } from "../../src/scope/request-scope.ts";

const redactor = createRedactor({ removeTerminalCodes: true });

function record(line: Partial<LogLine>) {
  return toLineRecord(
    { level: "info", message: "hello", fields: {}, error: undefined, timeMillis: 5, ...line },
    redactor,
  );
}

describe("toLineRecord", () => {
  it("has the time of the line", () => {
    expect(record({ timeMillis: 1_700_000_000_123 }).timeUnixMillis).toBe(1_700_000_000_123);
  });

  it("flattens one level and writes the rest as JSON", () => {
    const fields = { user: { name: "ann", tags: ["a"], deep: { er: 1 } }, list: [1, 2], n: 1.5 };
    expect(record({ fields }).attributes).toEqual({
      kind: "log",
      "user.name": "ann",
      "user.tags": '["a"]',
      "user.deep": '{"er":1}',
      list: "[1,2]",
      n: 1.5,
    });
  });

  it("leaves out what is empty and survives what is odd", () => {
    const circular: Record<string, unknown> = { a: 1 };
    circular["self"] = circular;
    const hostile = {
      get boom() {
        throw new Error("no");
      },
    };
    const { attributes } = record({
      fields: { nothing: null, missing: undefined, big: 10n, when: new Date(0), circular, hostile },
    });
    expect(attributes).toMatchObject({
      big: "10",
      when: "1970-01-01T00:00:00.000Z",
      "circular.a": 1,
    });
    expect(attributes).not.toHaveProperty("nothing");
    expect(attributes).not.toHaveProperty("missing");
  });

  it("takes out secrets in message, fields, nested fields and errors", () => {
    const text = JSON.stringify(
      record({
        message: "login with password=hunter2",
        fields: { password: "hunter2", request: { headers: { authorization: "Bearer hunter2" } } },
        error: {
          type: "Error",
          message: "password=hunter2",
          stack: "Error: password=hunter2\n    at a (/app/a.js:1:1)",
        },
      }),
    );
    expect(text).not.toContain("hunter2");
  });

  it("limits fields and says how many it left out", () => {
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`k${n}`, n]));
    const { attributes } = record({ fields: many });
    expect(Object.keys(attributes ?? {})).toHaveLength(66);
    expect(attributes).toMatchObject({ fields_dropped: 26 });
  });

  it("limits the size of one field, of all fields and of the body", () => {
    const long = "word ".repeat(40_000);
    const { body, attributes } = record({
      message: long,
      fields: Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`k${n}`, long])),
    });
    expect(String(body).length).toBeLessThanOrEqual(65_536);
    expect(JSON.stringify(attributes).length).toBeLessThan(32_768);
    expect(attributes).toMatchObject({ fields_dropped: 5 });
  });

  it("keeps a field called __proto__ a field", () => {
    const fields = JSON.parse('{"__proto__": {"polluted": true}}');
    expect(record({ fields }).attributes).toHaveProperty(["__proto__.polluted"], true);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("says the message of an error once", () => {
    const stack = "TypeError: x is undefined\n    at total (/app/cart.js:3:7)";
    const error = { type: "TypeError", message: "x is undefined", stack };
    expect(record({ message: "x is undefined", error }).body).toBe(stack);
    expect(record({ message: "cannot total", error }).body).toBe(`cannot total\n${stack}`);
  });

  it("gives equal errors equal fingerprints, whatever the numbers in them", () => {
    const at = "\n    at total (/app/cart.js:3:7)";
    const fp = (message: string, level = "error") =>
      record({
        level,
        error: { type: "Error", message, stack: `Error: ${message}${at}` },
      }).attributes?.["fp"];
    expect(fp("order 17 not found")).toBe(fp("order 99 not found", "warn"));
    expect(fp("order 17 not found")).not.toBe(fp("payment refused"));
  });

  it.each([
    ["error", 17],
    ["warn", 13],
    ["http", 7],
    ["fatal", 21],
    ["chat", 9],
  ])("maps level %s to severity %i", (level, severityNumber) => {
    expect(record({ level })).toMatchObject({ severityNumber, severityText: level });
  });
});

describe("whose line it is", () => {
  const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

  beforeEach(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterEach(() => context.disable());

  it("is said by the span that is active, sampled or not", () => {
    for (const traceFlags of [0, 1]) {
      const active = trace.setSpanContext(context.active(), { ...ids, traceFlags });
      const made = context.with(active, () => record({}));
      expect(made).toMatchObject({ ...ids, traceFlags });
    }
  });

  it("is said by the request's scope, whatever the host calls its own fields", () => {
    const scope = { userHash: "0123456789abcdef", sessionId: "s1" };
    const made = runInScope(scope, () => record({ fields: { "user.hash": "forged", n: 1 } }));
    expect(made.attributes).toEqual({
      kind: "log",
      n: 1,
      "user.hash": "0123456789abcdef",
      "session.id": "s1",
    });
  });

  it("is left open outside of both", () => {
    const made = record({});
    expect(made.traceId).toBeUndefined();
    expect(made.attributes).toEqual({ kind: "log" });
  });
});

describe("hostile lines", () => {
  const sizeOf = (text: string): number => Buffer.byteLength(text);

  it("counts what is cut off a line of 10 MB, and keeps it within the store's limit", () => {
    const message = "wörd ".repeat(2_000_000);
    const { body, attributes } = record({ message });
    expect(sizeOf(body)).toBeLessThanOrEqual(LOKI_LIMIT.maxBodyBytes);
    expect(sizeOf(body) + Number(attributes["cut_bytes"])).toBe(sizeOf(message));
    expect(record({ message: "short" }).attributes).not.toHaveProperty("cut_bytes");
  });

  it("stays within the store's limit where each character takes three bytes", () => {
    const { body } = record({ message: "€".repeat(1_000_000) });
    expect(sizeOf(body)).toBeLessThanOrEqual(LOKI_LIMIT.maxBodyBytes);
  });

  it("leaves no half of a secret at the cut", () => {
    const { body } = record({ message: `${"word ".repeat(13_105)}password=hunter2hunter2` });
    expect(body).not.toContain("hunter");
  });

  it("counts each of 10,000 fields that is left out", () => {
    const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]));
    const { attributes } = record({ fields });
    expect(attributes).toMatchObject({ fields_dropped: 10_000 - 64 });
    expect(Object.keys(attributes)).toHaveLength(66);
  });

  it("counts fields left out although most of the first ones are empty", () => {
    const fields = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`k${n}`, n < 90 ? null : n]),
    );
    // The redactor looks at 100: 90 of them say nothing, 10 are kept, 200 are left out.
    expect(record({ fields }).attributes).toMatchObject({ fields_dropped: 200, k99: 99 });
  });

  it("keeps a field that is called like the mark for fields left out", () => {
    expect(record({ fields: { "…": "mine" } }).attributes).toEqual({ "…": "mine", kind: "log" });
  });

  it("says a hundred giant fields in less than the store's limit", () => {
    const giant = "x".repeat(10_000_000);
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, giant]));
    const { attributes } = record({ fields });
    expect(sizeOf(JSON.stringify(attributes))).toBeLessThan(LOKI_LIMIT.maxMetadataBytes);
    expect(Number(attributes["fields_dropped"])).toBeGreaterThan(0);
  });

  it("stays within the limit where each character of each field takes three bytes", () => {
    const giant = "€".repeat(4_000);
    const fields = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`k${n}`, giant]));
    const error = { type: "€".repeat(9_999), message: giant, stack: giant };
    const { attributes } = record({ fields, error });
    expect(sizeOf(JSON.stringify(attributes))).toBeLessThan(LOKI_LIMIT.maxMetadataBytes);
    expect(Object.keys(attributes).length).toBeLessThan(LOKI_LIMIT.maxMetadataEntries);
    expect(Number(attributes["fields_dropped"])).toBeGreaterThan(0);
  });

  it("takes terminal codes out of message, fields and keys", () => {
    const { body, attributes } = record({
      message: "\u001b[31mred\u001b[39m \u001b]0;title\u0007done\u0000",
      fields: { "\u001b[1mstate": "\u001b[32mgreen\u001b[0m" },
    });
    expect(body).toBe("red done");
    expect(attributes).toMatchObject({ state: "green" });
  });

  it("survives a proxy that throws, binary, symbols and a class of one's own", () => {
    const angry = new Proxy(
      {},
      {
        get() {
          throw new Error("no");
        },
        ownKeys() {
          throw new Error("no");
        },
      },
    );
    const { attributes } = record({
      fields: {
        angry,
        bytes: new Uint8Array(3),
        s: Symbol("s"),
        f: () => 1,
        m: new Map([["a", 1]]),
      },
    });
    expect(attributes).toEqual({
      kind: "log",
      angry: "[redacted:failed]",
      bytes: "[binary 3 bytes]",
      s: "Symbol(s)",
      f: "[function]",
      "m.a": 1,
    });
  });

  it("masks and shortens a level that is none", () => {
    expect(record({ level: "password=hunter2" }).severityText).toBe("password=[redacted:key]");
    const { severityText, severityNumber } = record({ level: "x".repeat(10_000) });
    expect(severityText).toHaveLength(64);
    expect(severityNumber).toBe(9);
  });
});
