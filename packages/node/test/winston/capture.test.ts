import { afterEach, beforeEach, describe, expect, it } from "vitest";
import winston from "winston";
import Transport from "winston-transport";
import type { LogLine } from "../../src/logs/log-line.ts";
import { captureWinston } from "../../src/winston/capture-winston.ts";
import { createLineHook } from "../../src/winston/line-hook.ts";
import { setLineHook } from "../../src/winston/patch-write.ts";

class Quiet extends Transport {
  readonly infos: Record<string, unknown>[] = [];
  override log(info: Record<string, unknown>, done: () => void): void {
    this.infos.push(info);
    done();
  }
}

let lines: LogLine[];
let transport: Quiet;

beforeEach(() => {
  lines = [];
  transport = new Quiet();
  const emit = (line: LogLine) => void lines.push(line);
  setLineHook(createLineHook({ mode: "otlp", emit, nowMillis: () => 1_000 }));
});

afterEach(() => setLineHook(undefined));

function createLogger(options: winston.LoggerOptions = {}): winston.Logger {
  return captureWinston(winston.createLogger({ transports: [transport], ...options }));
}

class ShopError extends Error {
  readonly status = 404;
  override name = "ShopError";
}

describe("what a call of winston means", () => {
  const error = new ShopError("no such item", { cause: new Error("disk") });
  const captured = {
    type: "ShopError",
    message: "no such item",
    stack: expect.stringMatching(/^ShopError: no such item\n[\s\S]+\nCaused by: Error: disk\n/),
  };

  it.each<[string, (logger: winston.Logger) => unknown, Partial<LogLine>]>([
    ["a text", (log) => log.info("hello"), { level: "info", message: "hello", fields: {} }],
    ["no text", (log) => log.info(""), { message: "" }],
    [
      "a text with fields",
      (log) => log.warn("hello", { user: { id: 1 }, ok: true }),
      { level: "warn", fields: { user: { id: 1 }, ok: true } },
    ],
    [
      "a text with placeholders and fields",
      (log) => log.info("%s has %d of 100%%", "ann", 7, { cart: 3 }),
      { message: "ann has 7 of 100%", fields: { cart: 3 } },
    ],
    ["a percent sign that is none", (log) => log.info("100 % sure"), { message: "100 % sure" }],
    [
      "one object",
      (log) => log.log({ level: "error", message: "hello", code: 5 }),
      { level: "error", message: "hello", fields: { code: 5 } },
    ],
    ["an object as message", (log) => log.info({ a: { b: 1 } }), { message: "{ a: { b: 1 } }" }],
    ["a number as message", (log) => log.info(42 as never), { message: "42" }],
    [
      "an error alone",
      (log) => log.error(error),
      { message: "no such item", error: captured, fields: { status: 404, name: "ShopError" } },
    ],
    [
      "a text and an error",
      (log) => log.error("cannot sell", error),
      { message: "cannot sell no such item", error: captured },
    ],
    [
      "an error under a key",
      (log) => log.error("cannot sell", { err: error, cart: 3 }),
      { message: "cannot sell", error: captured, fields: { cart: 3 } },
    ],
    [
      "an error as message",
      (log) => log.log({ level: "error", message: error as never }),
      { message: "no such item", error: captured },
    ],
    ["an error without text", (log) => log.error(new Error()), { message: "" }],
    [
      "an error of a child",
      (log) => log.child({ part: "cart" }).error(error),
      {
        message: "no such item",
        fields: { part: "cart", status: 404, name: "ShopError" },
        error: {
          ...captured,
          // The class is gone by then; what is left is the first word of the stack.
          type: expect.stringMatching(/Error$/),
          stack: expect.stringMatching(/no such item\n[\s\S]+\nCaused by: Error: disk\n/),
        },
      },
    ],
  ])("is read from %s", (_name, call, expected) => {
    call(createLogger());
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ timeMillis: 1_000, ...expected });
    expect(transport.infos).toHaveLength(1);
  });

  it("holds the fields of every ancestor once", () => {
    const logger = createLogger({ defaultMeta: { service: "shop" } });
    logger.child({ request: 1 }).child({ step: 2 }).info("hello", { last: 3 });
    expect(lines.map((line) => line.fields)).toEqual([
      { service: "shop", request: 1, step: 2, last: 3 },
    ]);
  });

  it("survives an error that throws when it is read", () => {
    const hostile = new Error("x");
    Object.defineProperty(hostile, "stack", {
      get() {
        throw new Error("no");
      },
    });
    createLogger().info("hello", { error: hostile });
    expect(lines[0]).toMatchObject({ message: "hello", error: { type: "Error", stack: "" } });
  });

  it("ends at a cycle of causes", () => {
    const first = new Error("first");
    const second = new Error("second", { cause: first });
    first.cause = second;
    createLogger().error(first);
    expect(lines[0]?.error?.stack.match(/Caused by/g)).toHaveLength(1);
  });
});

describe("which lines are captured", () => {
  it.each<[string, winston.LoggerOptions, number]>([
    ["below the level of the logger", { level: "warn" }, 0],
    ["of a silent logger", { silent: true }, 0],
    ["without any transport", { transports: [] }, 1],
  ])("a line %s: options %o, %i lines", (_name, options, count) => {
    createLogger(options).info("hello");
    expect(lines).toHaveLength(count);
  });

  it("a line that only one transport takes", () => {
    transport.level = "debug";
    createLogger({ level: "error" }).debug("hello");
    expect(lines).toHaveLength(1);
  });

  it("custom levels keep their name", () => {
    const logger = createLogger({ levels: { alarm: 0, chat: 1 }, level: "chat" });
    logger.log("chat", "hello");
    expect(lines[0]?.level).toBe("chat");
  });

  it("a line once, however often its logger and its child are given", () => {
    const logger = createLogger();
    captureWinston(logger);
    const child = logger.child({});
    expect(captureWinston(child)).toBe(child);
    child.info("hello");
    expect(lines).toHaveLength(1);
  });

  it("nothing breaks when the hook does", () => {
    setLineHook(() => {
      throw new Error("ours");
    });
    createLogger().info("hello");
    expect(transport.infos).toHaveLength(1);
  });

  it("refuses what is no logger of winston 3", () => {
    expect(() => captureWinston({})).toThrow(
      "captureWinston: expected a logger made by winston 3's createLogger(), got something else",
    );
  });
});
