import { Console } from "node:console";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { type DiagLogger, DiagLogLevel, diag } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import winston from "winston";
import { createConsoleHook } from "../../src/console/capture-console.ts";
import {
  CONSOLE_METHODS,
  type ConsoleMethod,
  patchConsole,
  setConsoleHook,
} from "../../src/console/patch-console.ts";
import type { LogLine } from "../../src/logs/log-line.ts";
import { captureWinston } from "../../src/winston/capture-winston.ts";
import { createLineHook } from "../../src/winston/line-hook.ts";
import { setLineHook } from "../../src/winston/patch-write.ts";

type Printed = { readonly console: Console; text(): string };

/** A console of Node whose output is kept. */
function createPrinted(): Printed {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { console: new Console(stream, stream), text: () => chunks.join("") };
}

let lines: LogLine[];
let dropped: string[];
let printed: Printed;
let restore: () => void;

beforeEach(() => {
  lines = [];
  dropped = [];
  printed = createPrinted();
  restore = patchConsole(printed.console);
  setConsoleHook(
    createConsoleHook({
      emit: (line) => void lines.push(line),
      nowMillis: () => 1_000,
      countDropped: (reason) => void dropped.push(reason),
    }),
  );
});

afterEach(() => {
  setConsoleHook(undefined);
  restore();
});

class ShopError extends Error {
  override name = "ShopError";
  readonly code = "E_SHOP";
}

describe("what a call of the console says", () => {
  const error = new ShopError("no such item", { cause: new Error("disk") });

  it.each<[string, (console: Console) => void, Partial<LogLine>]>([
    ["log", (c) => c.log("hello"), { level: "info", message: "hello", error: undefined }],
    ["info", (c) => c.info("hello"), { level: "info" }],
    ["warn", (c) => c.warn("hello"), { level: "warn" }],
    ["error", (c) => c.error("hello"), { level: "error" }],
    ["debug", (c) => c.debug("hello"), { level: "debug" }],
    ["no argument", (c) => c.log(), { message: "" }],
    ["a text with a lone percent sign", (c) => c.log("100%% sure"), { message: "100%% sure" }],
    ["placeholders", (c) => c.log("%s has %d", "ann", 7, "x"), { message: "ann has 7 x" }],
    ["an object", (c) => c.log("cart", { a: [1] }), { message: "cart { a: [ 1 ] }" }],
    ["colours", (c) => c.log("\u001b[31mred\u001b[39m"), { message: "red" }],
    ["dir", (c) => c.dir({ a: { b: { c: {} } } }, { depth: 0 }), { message: "{ a: [Object] }" }],
    ["dir of an error", (c) => c.dir(new Error("x")), { error: undefined }],
    ["dirxml", (c) => c.dirxml({ a: 1 }), { level: "info", message: "{ a: 1 }" }],
    [
      "assert",
      (c) => c.assert(false, "%s", "x"),
      { level: "warn", message: "Assertion failed: x" },
    ],
    ["count", (c) => c.count("hits"), { message: "hits: 1" }],
    ["group", (c) => c.group("part"), { message: "part" }],
    [
      "table",
      (c) => c.table([{ a: 1 }]),
      { message: expect.stringContaining("│ 0       │ 1 │") as unknown as string },
    ],
    [
      "an error",
      (c) => c.error("cannot sell:", error, 5),
      {
        level: "error",
        message: "cannot sell: no such item 5",
        fields: { code: "E_SHOP" },
        error: {
          type: "ShopError",
          message: "no such item",
          stack: expect.stringMatching(/no such item\n[\s\S]+\nCaused by: Error: disk\n/),
        },
      },
    ],
    [
      "an AggregateError",
      (c) => c.log(new AggregateError([new Error("one"), new Error("two")], "both")),
      {
        level: "info",
        message: "both",
        error: {
          type: "AggregateError",
          message: "both",
          stack: expect.stringMatching(/With: Error: one\n[\s\S]+With: Error: two\n/),
        },
      },
    ],
  ])("is read from %s", (_name, call, expected) => {
    call(printed.console);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ timeMillis: 1_000, loggerName: "console", ...expected });
  });

  it("holds the place of console.trace as one line of level trace", () => {
    printed.console.trace("here");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: "trace", error: undefined });
    const [head, first] = lines[0]?.message.split("\n") ?? [];
    expect(head).toBe("Trace: here");
    expect(first).toContain("capture-console.test.ts");
  });

  it("is not taken where an assertion holds", () => {
    printed.console.assert(true, "x");
    expect(lines).toEqual([]);
  });
});

const hostileInspect = {
  [inspect.custom]() {
    throw new Error("no");
  },
};
const circular: Record<string, unknown> = { name: "loop" };
circular["self"] = circular;

/** Each is printed by each method, with and without us. */
const CORPUS: readonly (readonly [string, readonly unknown[]])[] = [
  ["nothing", []],
  ["a text", ["hello"]],
  ["placeholders", ["%s %d %i %f %j %o %O %c %%", "a", 1, 2, 3.5, { a: 1 }, [1], { b: 2 }, "css"]],
  ["a percent sign at the end", ["100%"]],
  ["colours and control characters", ["\u001b[31mred\u001b[0m \u0000\u0007\b"]],
  ["broken UTF-16", ["\ud800 \udc00"]],
  ["binary", [Buffer.from([0, 255, 1]), new Uint8Array(3)]],
  ["BigInt and symbols", [10n, Symbol("x"), { [Symbol("key")]: 1n }]],
  ["a cycle", [circular]],
  [
    "a getter that throws",
    [
      {
        get secret() {
          throw new Error("no");
        },
      },
    ],
  ],
  [
    "toJSON that throws",
    [
      "%j",
      {
        toJSON() {
          throw new Error("no");
        },
      },
    ],
  ],
  [
    "toString that throws",
    [
      "%s",
      {
        toString() {
          throw new Error("no");
        },
      },
    ],
  ],
  ["inspect that throws", [hostileInspect]],
  [
    "a proxy whose traps throw",
    [
      new Proxy(
        {},
        {
          get() {
            throw new Error("no");
          },
          ownKeys() {
            throw new Error("no");
          },
        },
      ),
    ],
  ],
  ["a revoked proxy", [revoked()]],
  [
    "an error with a throwing stack",
    [
      Object.defineProperty(new Error("x"), "stack", {
        get() {
          throw new Error("no");
        },
      }),
    ],
  ],
  ["an error with hostile errors", [Object.assign(new Error("x"), { errors: revoked() })]],
  ["10 MB", ["x".repeat(10_000_000)]],
  ["null, undefined, a function", [null, undefined, () => 1, class A {}]],
  ["__proto__", [JSON.parse('{"__proto__":{"a":1}}')]],
];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

describe("what is printed", () => {
  const cases = CORPUS.flatMap(([name, args]) =>
    CONSOLE_METHODS.filter((method) => method !== "trace").map(
      (method) => [name, method, args] as const,
    ),
  );

  it.each(cases)("of %s by %s is what it is without us", (_name, method, args) => {
    const bare = createPrinted();
    expect(outcome(() => call(printed.console, method, args))).toEqual(
      outcome(() => call(bare.console, method, args)),
    );
    expect(printed.text()).toBe(bare.text());
  });

  it("of an inspect function that prints is printed once and taken once", () => {
    const chatty = {
      [inspect.custom]() {
        printed.console.log("inside");
        return "chatty";
      },
    };
    printed.console.log(chatty);
    expect(printed.text()).toBe("inside\nchatty\n");
    expect(lines.map((line) => line.message)).toEqual(["chatty", "inside"]);
  });
});

function call(target: Console, method: ConsoleMethod, args: readonly unknown[]): void {
  (target[method] as (...args: unknown[]) => void)(...args);
}

function outcome(work: () => void): unknown {
  try {
    work();
    return "printed";
  } catch (error) {
    return String(error);
  }
}

describe("the patch of the console", () => {
  it("goes away with the capture, and leaves what somebody else has put over it", () => {
    const bare = createPrinted().console;
    const before = bare.log;
    const undo = patchConsole(bare);
    const mine = () => undefined;
    bare.warn = mine;
    undo();
    expect(bare.log).toBe(before);
    expect(bare.warn).toBe(mine);
  });

  it("is made once, however often it is asked for", () => {
    patchConsole(printed.console);
    printed.console.log("hello");
    expect(lines).toHaveLength(1);
  });

  it("counts a line that cannot be handed on, and prints it", () => {
    setConsoleHook(
      createConsoleHook({
        emit() {
          throw new Error("ours");
        },
        nowMillis: () => 1,
        countDropped: (reason) => void dropped.push(reason),
      }),
    );
    printed.console.log("hello");
    expect(printed.text()).toBe("hello\n");
    expect(dropped).toEqual(["serialization_failed"]);
  });
});

describe("what the console only prints for others", () => {
  afterEach(() => setLineHook(undefined));

  function hookWinston(): void {
    const emit = (line: LogLine) => void lines.push(line);
    setLineHook(createLineHook({ mode: "otlp", emit, nowMillis: () => 1 }));
  }

  it("is no second line when winston's Console transport prints by console.log", () => {
    hookWinston();
    const transport = new winston.transports.Console({ forceConsole: true });
    // The transport keeps the console of the moment it was made.
    Object.assign(transport, { _consoleLog: printed.console.log });
    const logger = captureWinston(winston.createLogger({ transports: [transport] }));
    logger.info('said "once"', { a: 1 });
    expect(lines.map((line) => line.message)).toEqual(['said "once"']);
    expect(printed.text()).toContain("once");
  });

  it("is no second line when a transport of the host prints the line as JSON", () => {
    hookWinston();
    const stream = new Writable({
      write(chunk, _encoding, done) {
        printed.console.log(String(chunk).trimEnd());
        done();
      },
    });
    const transports = [new winston.transports.Stream({ stream })];
    const logger = captureWinston(winston.createLogger({ transports }));
    logger.info('said "once"\nand again', { a: 1 });
    expect(lines.map((line) => line.message)).toEqual(['said "once"\nand again']);
  });

  it("is a line of its own when a format of the host says something", () => {
    hookWinston();
    const chatty = winston.format((info) => {
      printed.console.log("formatting");
      return info;
    });
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const transports = [new winston.transports.Stream({ stream })];
    captureWinston(winston.createLogger({ transports, format: chatty() })).info("hello");
    expect(lines.map((line) => line.message)).toEqual(["hello", "formatting"]);
  });

  it("is no line when OpenTelemetry tells of its own troubles", () => {
    const { console } = printed;
    const logger: DiagLogger = {
      error: (...args) => console.error(...args),
      warn: (...args) => console.warn(...args),
      info: (...args) => console.info(...args),
      debug: (...args) => console.debug(...args),
      verbose: (...args) => console.debug(...args),
    };
    diag.setLogger(logger, { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true });
    console.log("before");
    diag.error("export failed");
    diag.warn("details");
    diag.disable();
    expect(lines.map((line) => line.message)).toEqual(["before"]);
    expect(printed.text()).toContain("export failed\ndetails\n");
  });
});
