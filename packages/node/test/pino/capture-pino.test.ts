import { Writable } from "node:stream";
import { type Logger, type LoggerOptions, pino } from "pino";
import { pino as pino9 } from "pino-9";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LogLine } from "../../src/logs/log-line.ts";
import { capturePino } from "../../src/pino/capture-pino.ts";
import { setPinoHook } from "../../src/pino/patch-as-json.ts";
import { createPinoHook } from "../../src/pino/pino-hook.ts";
import { runInScope } from "../../src/scope/request-scope.ts";

type Printed = { readonly stream: Writable; text(): string };

function createPrinted(): Printed {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}

let lines: LogLine[];
let dropped: string[];

function setHook(mode: "otlp" | "stdout"): void {
  setPinoHook(
    createPinoHook({
      mode,
      emit: (line) => void lines.push(line),
      nowMillis: () => 1_000,
      countDropped: (reason) => void dropped.push(reason),
    }),
  );
}

beforeEach(() => {
  lines = [];
  dropped = [];
  setHook("otlp");
});

afterEach(() => setPinoHook(undefined));

class ShopError extends Error {
  override name = "ShopError";
  readonly code = "E_SHOP";
}

const VERSIONS = [
  ["10", pino],
  ["9", pino9 as unknown as typeof pino],
] as const;

describe.each(VERSIONS)("pino %s", (_version, make) => {
  function create(options: LoggerOptions = {}): Logger {
    return capturePino(make(options, createPrinted().stream)) as Logger;
  }

  const error = new ShopError("no such item", { cause: new Error("disk") });
  const captured = {
    type: "ShopError",
    message: "no such item",
    stack: expect.stringMatching(/no such item\n[\s\S]+\nCaused by: Error: disk\n/),
  };

  it.each<[string, LoggerOptions, (log: Logger) => void, Partial<LogLine>]>([
    ["a text", {}, (log) => log.info("hello"), { level: "info", message: "hello", fields: {} }],
    [
      "fields and placeholders",
      {},
      (log) => log.warn({ cart: { id: 3 }, ok: true }, "%s has %d", "ann", 7),
      { level: "warn", message: "ann has 7", fields: { cart: { id: 3 }, ok: true } },
    ],
    ["fields alone", {}, (log) => log.info({ a: 1 }), { message: "", fields: { a: 1 } }],
    [
      "a child of a child",
      {},
      (log) => log.child({ request: 1 }).child({ step: 2 }).info({ last: 3 }, "hello"),
      { fields: { request: 1, step: 2, last: 3 } },
    ],
    [
      "a named logger",
      { name: "cart" },
      (log) => log.info({ a: 1 }, "hello"),
      { loggerName: "cart", fields: { a: 1 } },
    ],
    [
      "a field that is called name",
      {},
      (log) => log.info({ name: "ann" }, "hello"),
      { loggerName: undefined, fields: { name: "ann" } },
    ],
    [
      "a field that is called time",
      {},
      (log) => log.info({ time: "later" }, "hello"),
      { fields: { time: "later" } },
    ],
    [
      "ISO times and level labels",
      {
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (level) => ({ level }) },
      },
      (log) => log.info("hello"),
      { level: "info", fields: {} },
    ],
    [
      "a mixin, a prefix and another message key",
      { mixin: () => ({ region: "eu" }), msgPrefix: "[cart] ", messageKey: "message" },
      (log) => log.info({ a: 1 }, "hello"),
      { message: "[cart] hello", fields: { a: 1, region: "eu" } },
    ],
    [
      "a custom level",
      { customLevels: { audit: 35 } },
      (log) => (log as unknown as Record<string, (text: string) => void>)["audit"]?.("hello"),
      { level: "audit", severityNumber: 11 },
    ],
    ["an error", {}, (log) => log.error(error), { message: "no such item", error: captured }],
    [
      "an error under err, with fields",
      {},
      (log) => log.error({ err: error, cart: 3 }, "cannot sell"),
      { message: "cannot sell", error: captured, fields: { cart: 3, err: { code: "E_SHOP" } } },
    ],
    [
      "an error under error, which pino prints as {}",
      {},
      (log) => log.error({ error }, "cannot sell"),
      { message: "cannot sell", error: captured },
    ],
    [
      "an error under another errorKey",
      { errorKey: "problem" },
      (log) => log.error(error, "cannot sell"),
      { message: "cannot sell", error: captured },
    ],
    [
      "an error under a nested key",
      { nestedKey: "data" },
      (log) => log.error({ err: error, cart: 3 }, "cannot sell"),
      { error: captured, fields: { data: { cart: 3, err: { code: "E_SHOP" } } } },
    ],
    [
      "an AggregateError",
      {},
      (log) => log.error(new AggregateError([new Error("one"), new Error("two")], "both")),
      {
        error: {
          type: "AggregateError",
          message: "both",
          stack: expect.stringMatching(/With: Error: one\n[\s\S]+With: Error: two\n/),
        },
      },
    ],
  ])("reads %s", (_name, options, call, expected) => {
    call(create(options));
    expect(dropped).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ timeMillis: 1_000, ...expected });
    if (expected.fields !== undefined) expect({ ...lines[0]?.fields }).toEqual(expected.fields);
  });

  it.each<[string, LoggerOptions]>([
    ["a redacted path", { redact: ["card.number", "err.message", "error"] }],
    ["a wildcard path", { redact: ["*.number", "*.message"] }],
    ["a censor", { redact: { paths: ["card", "error.message", "error.stack"], censor: "***" } }],
    ["a serializer", { serializers: { card: () => "***", error: () => "***", err: () => "***" } }],
    ["a formatter", { formatters: { log: () => ({ card: "***", error: {} }) } }],
    ["hooks.streamWrite", { hooks: { streamWrite: (json) => json.replaceAll("4111", "***") } }],
  ])("never undoes %s", (_name, options) => {
    const secret = new Error("card 4111 refused");
    secret.stack = "Error: refused\n    at pay (/app/pay.js:1:1)";
    create(options).info({ card: { number: "4111" }, error: secret }, "paid");
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain("4111");
  });

  it("leaves out lines below the level, which may change at run time", () => {
    const logger = create({ level: "warn" });
    logger.info("one");
    logger.level = "debug";
    logger.info("two");
    logger.level = "silent";
    logger.fatal("three");
    expect(lines.map((line) => line.message)).toEqual(["two"]);
  });

  it("takes a line of a logger and of its child once", () => {
    const logger = create();
    capturePino(capturePino(logger).child({ a: 1 })).info("hello");
    expect(lines).toHaveLength(1);
  });

  it("reads the head of a line too long to be parsed", () => {
    create().info({ long: "x".repeat(2_000_000) }, "hello");
    expect(lines[0]?.message.length).toBeLessThan(100_000);
    expect(lines[0]?.fields).toEqual({ fields_dropped: 1 });
  });

  it("reads a line that is no JSON as its text", () => {
    const hooks = { streamWrite: () => "plain" };
    create({ hooks }).info("hello");
    expect(lines[0]).toMatchObject({ level: "info", message: "plain" });
  });

  it("counts a line whose streamWrite throws, as pino throws it too", () => {
    const hooks = {
      streamWrite(): string {
        throw new Error("theirs");
      },
    };
    expect(() => create({ hooks }).info("hello")).toThrow("theirs");
    expect(lines).toEqual([]);
    expect(dropped).toEqual(["redaction_failed"]);
  });

  it("stamps printed lines with trace, user and session, and exports nothing", () => {
    setHook("stdout");
    const printed = createPrinted();
    const logger = capturePino(make({}, printed.stream)) as Logger;
    logger.info("before");
    runInScope({ userHash: "0123456789abcdef", sessionId: "s1" }, () =>
      logger.child({ a: 1 }).info({ b: 2 }, "within"),
    );
    const [before, within] = printed
      .text()
      .trimEnd()
      .split("\n")
      .map((json) => JSON.parse(json) as Record<string, unknown>);
    expect(before).not.toHaveProperty(["user.hash"]);
    expect(within).toMatchObject({ a: 1, b: 2, msg: "within" });
    expect(within?.["user.hash"]).toBe("0123456789abcdef");
    expect(within?.["session.id"]).toBe("s1");
    expect(lines).toEqual([]);
  });
});

const circular: Record<string, unknown> = { name: "loop" };
circular["self"] = circular;

const CORPUS: readonly (readonly [string, unknown, string])[] = [
  ["a text", {}, "hello %s"],
  ["a cycle", circular, "x"],
  ["binary and ANSI", { raw: Buffer.from([0, 255]) }, "\u001b[31mred\u0000"],
  ["broken UTF-16", { text: "\ud800" }, "\udc00"],
  ["BigInt", { count: 10n, ok: 1 }, "x"],
  ["symbols and functions", { a: Symbol("x"), b: () => 1, [Symbol("key")]: 1 }, "x"],
  [
    "a getter that throws",
    {
      get secret() {
        throw new Error("no");
      },
    },
    "x",
  ],
  [
    "toJSON that throws",
    {
      inner: {
        toJSON() {
          throw new Error("no");
        },
      },
    },
    "x",
  ],
  [
    "a proxy whose traps throw",
    new Proxy(
      {},
      {
        ownKeys() {
          throw new Error("no");
        },
      },
    ),
    "x",
  ],
  ["an error with hostile errors", Object.assign(new Error("x"), { errors: [null, 1, "a"] }), "x"],
  ["__proto__", JSON.parse('{"__proto__":{"a":1}}'), "x"],
  ["10 MB", { text: "x".repeat(10_000_000) }, "x"],
  ["keys of its own", { level: 1, time: 2, pid: 3, hostname: "h", msg: "own" }, "x"],
];

describe("what pino prints", () => {
  const options = { timestamp: () => ',"time":1700000000000', mixin: () => ({ m: 1 }) };

  it.each(
    VERSIONS.flatMap(([version, make]) =>
      CORPUS.map(([name, object, text]) => [version, name, make, object, text] as const),
    ),
  )("pino %s: of %s is what it is without us", (_version, _name, make, object, text) => {
    const [ours, bare] = [createPrinted(), createPrinted()];
    const logger = capturePino(make(options, ours.stream)) as Logger;
    const log = () => logger.error(object as object, text, 1);
    const first = outcome(log);
    const withUs = ours.text();
    setPinoHook(undefined);
    expect(
      outcome(() => (make(options, bare.stream) as Logger).error(object as object, text, 1)),
    ).toEqual(first);
    expect(withUs).toBe(bare.text());
    expect(dropped).toEqual([]);
  });
});

function outcome(work: () => void): unknown {
  try {
    work();
    return "printed";
  } catch (error) {
    return String(error);
  }
}

it("refuses what is no logger of pino", () => {
  expect(() => capturePino({})).toThrow(
    "capturePino: expected a logger made by pino(), got something else",
  );
});
