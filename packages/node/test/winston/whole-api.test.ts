import { Writable } from "node:stream";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import winston from "winston";
import type { LogLine } from "../../src/logs/log-line.ts";
import { rememberUncaught } from "../../src/logs/uncaught-errors.ts";
import { runInScope } from "../../src/scope/request-scope.ts";
import { captureWinston } from "../../src/winston/capture-winston.ts";
import { createLineHook, type LineHookOptions } from "../../src/winston/line-hook.ts";
import { setLineHook } from "../../src/winston/patch-write.ts";

type Printed = { readonly transport: winston.transport; text(): string };

function createPrinted(): Printed {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { transport: new winston.transports.Stream({ stream }), text: () => chunks.join("") };
}

let lines: LogLine[];
let dropped: string[];
let printed: Printed;

function hook(options: Partial<LineHookOptions> = {}): void {
  setLineHook(
    createLineHook({
      mode: "otlp",
      emit: (line) => void lines.push(line),
      nowMillis: () => 1_000,
      countDropped: (reason) => void dropped.push(reason),
      ...options,
    }),
  );
}

beforeEach(() => {
  lines = [];
  dropped = [];
  printed = createPrinted();
  hook();
});

afterEach(() => setLineHook(undefined));

function create(options: winston.LoggerOptions = {}): winston.Logger {
  return captureWinston(winston.createLogger({ transports: [printed.transport], ...options }));
}

const messages = () => lines.map((line) => line.message);

describe("levels of winston", () => {
  it.each<[string, winston.config.AbstractConfigSetLevels, string, number]>([
    ["npm", winston.config.npm.levels, "http", 7],
    ["syslog", winston.config.syslog.levels, "crit", 21],
    ["cli", winston.config.cli.levels, "prompt", 4],
    ["own ones between known ones", { error: 0, audit: 1, info: 2 }, "audit", 13],
    ["own ones above all known ones", { panic_button: 0, error: 1 }, "panic_button", 18],
    ["all of them own", { alarm: 0, chat: 1 }, "alarm", 17],
  ])("%s", (_name, levels, level, severityNumber) => {
    create({ levels, level: Object.keys(levels).at(-1) ?? "" }).log(level, "hello");
    expect(lines[0]).toMatchObject({ level, severityNumber });
  });

  it("may change while the logger runs", () => {
    const logger = create({ level: "warn" });
    logger.info("one");
    logger.level = "info";
    logger.info("two");
    logger.silent = true;
    logger.info("three");
    logger.silent = false;
    logger.info("four");
    expect(messages()).toEqual(["two", "four"]);
  });

  it("of transports count: a line goes out when one of them takes it", () => {
    const [errors, all] = [createPrinted(), createPrinted()];
    errors.transport.level = "error";
    all.transport.level = "debug";
    const logger = create({ level: "info", transports: [errors.transport] });
    logger.info("nobody takes it");
    logger.add(all.transport);
    logger.debug("one takes it");
    logger.silly("nobody takes it");
    expect(messages()).toEqual(["one takes it"]);
  });
});

describe("the rest of winston's API", () => {
  it("profile gives the time it took", () => {
    const logger = create();
    logger.profile("query");
    logger.profile("query");
    expect(lines[0]).toMatchObject({ level: "info", message: "query" });
    expect(lines[0]?.fields["durationMs"]).toEqual(expect.any(Number));
  });

  it("loggers of the container and the default logger are loggers like others", () => {
    const container = new winston.Container();
    captureWinston(container.add("shop", { transports: [printed.transport] })).info("hello");
    expect(messages()).toEqual(["hello"]);
  });

  it("the exception handler's line says that nobody caught the error", () => {
    const logger = create({ exitOnError: false });
    const info = logger.exceptions.getAllInfo(new TypeError("broken"));
    logger.log(info as unknown as winston.LogEntry);
    expect(lines[0]).toMatchObject({
      isUncaught: true,
      isRetold: false,
      error: { type: "TypeError", message: "broken" },
      fields: {},
    });
  });

  it("the exception handler's line of an error that has its line already is no second error", () => {
    const logger = create({ exitOnError: false });
    const error = new TypeError("broken");
    rememberUncaught(error);
    logger.log(logger.exceptions.getAllInfo(error) as unknown as winston.LogEntry);
    expect(lines[0]).toMatchObject({ isUncaught: true, isRetold: true });
  });
});

describe("winstonFormats", () => {
  const mask = winston.format((info) => {
    info["card"] = "***";
    info.message = String(info.message).replaceAll("4111", "***");
    return info;
  });
  const keepOut = winston.format((info) => (info["secret"] === true ? false : info));
  const failing = winston.format(() => {
    throw new Error("theirs");
  });

  it("off: what the formats mask is sent as it was logged", () => {
    create({ format: mask() }).info("card 4111", { card: "4111" });
    expect(lines[0]).toMatchObject({ message: "card 4111", fields: { card: "4111" } });
  });

  it("on: what the formats mask or drop is masked and dropped in what is sent", () => {
    hook({ winstonFormats: true });
    const format = winston.format.combine(keepOut(), winston.format.splat(), mask());
    const logger = create({ format });
    logger.info("card %s", "4111", { card: "4111" });
    logger.info("hidden", { secret: true });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ message: "card ***", fields: { card: "***" } });
    expect(JSON.stringify(lines)).not.toContain("4111");
  });

  it("on: colours are taken off, errors keep their class, the level its name", () => {
    hook({ winstonFormats: true });
    const format = winston.format.combine(
      winston.format.errors({ stack: true, cause: true }),
      winston.format.colorize({ all: true }),
    );
    const logger = create({ format });
    logger.info("hello");
    logger.error(new RangeError("too much"));
    expect(lines.map(({ level, message, error }) => [level, message, error?.type])).toEqual([
      ["info", "hello", undefined],
      ["error", "too much", "RangeError"],
    ]);
  });

  it("on: the object that the host logged is not touched, and the format sees it once more", () => {
    hook({ winstonFormats: true });
    const seen: unknown[] = [];
    const watch = winston.format((info) => {
      seen.push(info["count"]);
      info["count"] = Number(info["count"]) + 1;
      return info;
    });
    const entry = { level: "info", message: "hello", count: 1 };
    create({ format: watch() }).log(entry);
    expect(seen).toEqual([1, 1]);
    expect(lines[0]?.fields["count"]).toBe(2);
  });

  it("on: a format that throws takes the line out and counts it, and throws as without us", () => {
    hook({ winstonFormats: true });
    const bare = winston.createLogger({ format: failing(), transports: [printed.transport] });
    setLineHook(undefined);
    const without = outcome(() => bare.info("hello"));
    hook({ winstonFormats: true });
    expect(outcome(() => create({ format: failing() }).info("hello"))).toBe(without);
    expect(lines).toEqual([]);
    expect(dropped).toEqual(["redaction_failed"]);
  });
});

describe("stdout", () => {
  it("stamps printed lines with user and session, and exports nothing", () => {
    hook({ mode: "stdout" });
    const logger = create();
    logger.info("before");
    runInScope({ userHash: "0123456789abcdef", sessionId: "s1" }, () => {
      logger.child({ a: 1 }).info("within", { b: 2 });
    });
    const [before, within] = printed
      .text()
      .trimEnd()
      .split("\n")
      .map((json) => JSON.parse(json) as Record<string, unknown>);
    expect(before).toEqual({ level: "info", message: "before" });
    expect(within).toEqual({
      level: "info",
      message: "within",
      a: 1,
      b: 2,
      "user.hash": "0123456789abcdef",
      "session.id": "s1",
    });
    expect(lines).toEqual([]);
  });
});

const circular: Record<string, unknown> = { name: "loop" };
circular["self"] = circular;
const throwing = {
  get secret(): string {
    throw new Error("no");
  },
};
const hostileInspect = {
  [inspect.custom]() {
    throw new Error("no");
  },
};

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

/** Calls, each made with and without us. */
const CORPUS: readonly (readonly [string, (logger: winston.Logger) => unknown])[] = [
  ["a text", (log) => log.info("hello %s", "ann", { a: 1 })],
  ["a cycle", (log) => log.info("x", circular)],
  ["binary and ANSI", (log) => log.info("\u001b[31mred\u0000", { raw: Buffer.from([0, 255]) })],
  ["broken UTF-16", (log) => log.info("\ud800", { text: "\udc00" })],
  ["BigInt", (log) => log.info("x", { count: 10n })],
  ["symbols and functions", (log) => log.info("x", { a: Symbol("x"), b: () => 1 })],
  ["a getter that throws", (log) => log.info("x", throwing)],
  ["a getter that throws, further in", (log) => log.info("x", { inner: throwing })],
  ["a getter that throws, in the one object", (log) => log.log(hostileEntry())],
  ["toJSON that throws", (log) => log.info("x", { toJSON: () => throwing.secret })],
  ["toString that throws", (log) => log.info("%s", { toString: () => throwing.secret })],
  ["inspect that throws", (log) => log.info("%o", hostileInspect)],
  [
    "a proxy whose traps throw",
    (log) => log.info("x", new Proxy({}, { ownKeys: () => throwing.secret as never })),
  ],
  ["a revoked proxy", (log) => log.info("x", { inner: revoked() })],
  [
    "an error with hostile errors",
    (log) => log.error(Object.assign(new Error("x"), { errors: revoked() })),
  ],
  ["an error whose stack throws", (log) => log.error("x", { error: noStack() })],
  ["null and undefined", (log) => log.info(null as never, undefined)],
  ["a symbol as message", (log) => log.info(Symbol("x") as never)],
  ["a symbol as level", (log) => log.log(Symbol("x") as never, "x")],
  ["a level that nobody knows", (log) => log.log("nope", "x")],
  ["__proto__", (log) => log.info("x", JSON.parse('{"__proto__":{"a":1}}'))],
  ["10 MB", (log) => log.info("x".repeat(10_000_000))],
  [
    "10,000 fields",
    (log) =>
      log.info("x", Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n]))),
  ],
  ["a child's line", (log) => log.child({ a: 1 }).error(new Error("x", { cause: circular }))],
];

function hostileEntry(): winston.LogEntry {
  const entry = { level: "info", message: "x" };
  return Object.defineProperty(entry, "bad", { enumerable: true, get: () => throwing.secret });
}

function noStack(): Error {
  return Object.defineProperty(new Error("x"), "stack", { get: () => throwing.secret });
}

describe("what winston prints", () => {
  const cases = CORPUS.flatMap(([name, call]) =>
    [false, true].map((winstonFormats) => [name, winstonFormats, call] as const),
  );

  it.each(cases)(
    "of %s is what it is without us (winstonFormats: %s)",
    (_name, winstonFormats, call) => {
      const format = winston.format.combine(
        winston.format.splat(),
        winston.format.printf(
          ({ level, message, ...rest }) => `${level} ${message} ${Object.keys(rest)}`,
        ),
      );
      const bare = createPrinted();
      setLineHook(undefined);
      const expected = outcome(() =>
        call(winston.createLogger({ format, transports: [bare.transport] })),
      );
      hook({ winstonFormats });
      const logger = create({ format });
      expect(outcome(() => call(logger))).toEqual(expected);
      // Stacks name the line they were made in.
      expect(withoutPlaces(printed.text())).toBe(withoutPlaces(bare.text()));
    },
  );

  it.each(CORPUS.filter(([name]) => /further in|one object|revoked|stack throws|10/.test(name)))(
    "a line with %s is taken all the same",
    (_name, call) => {
      outcome(() => call(create()));
      expect(lines).toHaveLength(1);
      expect(dropped).toEqual([]);
    },
  );
});

function withoutPlaces(text: string): string {
  return text.replace(/:\d+:\d+/g, "");
}

function outcome(work: () => unknown): string {
  try {
    work();
    return "printed";
  } catch (error) {
    return String(error);
  }
}
