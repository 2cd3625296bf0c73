import { Console } from "node:console";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { createRedactor } from "@sightline/core";
import { pino } from "pino";
import { afterAll, expect, it } from "vitest";
import winston from "winston";
import { createFakeClock } from "../../../wire/test/fakes/fake-clock.ts";
import { createConsoleHook } from "../../src/console/capture-console.ts";
import { patchConsole, setConsoleHook } from "../../src/console/patch-console.ts";
import { createErrorRecords } from "../../src/logs/error-records.ts";
import { createLineEmitter } from "../../src/logs/line-emitter.ts";
import { capturePino } from "../../src/pino/capture-pino.ts";
import { setPinoHook } from "../../src/pino/patch-as-json.ts";
import { createPinoHook } from "../../src/pino/pino-hook.ts";
import { captureWinston } from "../../src/winston/capture-winston.ts";
import { createLineHook } from "../../src/winston/line-hook.ts";
import { setLineHook } from "../../src/winston/patch-write.ts";

type Below = (limit: number) => number;

/** mulberry32: equal seeds give equal numbers. */
function createBelow(seed: number): Below {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function fail(): never {
  throw new Error("hostile");
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function anyValue(below: Below, depth: number): unknown {
  const inner = () => (depth > 0 ? anyValue(below, depth - 1) : below(100));
  const kinds: readonly (() => unknown)[] = [
    () => null,
    () => undefined,
    () => below(1_000_000),
    () => Number.NaN,
    () => 10n,
    () => Symbol("x"),
    () => "text %s %d %j %o",
    () => "\ud800\u001b[31m\u0000",
    () => "x".repeat(below(3_000)),
    () => () => 1,
    () => new Date(Number.NaN),
    () => new Map([[1, inner()]]),
    () => Buffer.from([0, 255]),
    () => new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail }),
    revoked,
    () => new Error("failed", { cause: inner() }),
    () => new AggregateError([new Error("one"), inner()], "both"),
    () => Object.defineProperty(new Error("x"), "stack", { get: fail }),
    () => Object.defineProperty(new Error("x"), "message", { value: 5 }),
    () => Object.assign(new Error("x"), { errors: revoked(), cause: fail }),
    () => Object.defineProperty({}, "bad", { enumerable: true, get: fail }),
    () => ({ toJSON: fail }),
    () => ({ toString: fail }),
    () => ({ [inspect.custom]: fail }),
    () => Object.create(null),
    () => JSON.parse('{"__proto__":{"x":1}}'),
    () => [inner()],
    () => anyObject(inner, below),
  ];
  return kinds[below(kinds.length)]?.();
}

function anyObject(inner: () => unknown, below: Below): object {
  const object: Record<string, unknown> = {};
  for (let count = below(6); count > 0; count -= 1) object[`k${below(9)}`] = inner();
  if (below(5) === 0) object["self"] = object;
  if (below(6) === 0) object["err"] = new Error("inside");
  if (below(9) === 0) object["level"] = "nope";
  if (below(9) === 0) object["message"] = inner();
  return object;
}

type Say = (...args: unknown[]) => unknown;

/** Loggers by name, each made anew over a stream. */
const LOGGERS: Readonly<Record<string, (stream: Writable) => Say>> = {
  winston(stream) {
    const logger = captureWinston(
      winston.createLogger({ transports: [new winston.transports.Stream({ stream })] }),
    );
    return (...args) => logger.log("warn", ...(args as [string]));
  },
  "a child of winston"(stream) {
    const format = winston.format.combine(
      winston.format.errors({ stack: true }),
      winston.format.splat(),
      winston.format.printf((info) => `${info.level} ${info.message} ${Object.keys(info)}`),
    );
    const transports = [new winston.transports.Stream({ stream })];
    const logger = captureWinston(winston.createLogger({ transports, format }));
    const child = logger.child({ part: "cart" });
    return (...args) => child.log("warn", ...(args as [string]));
  },
  pino(stream) {
    const logger = capturePino(pino({ timestamp: false }, stream));
    return (...args) => (logger.warn as Say)(...args);
  },
  console(stream) {
    const output = new Console(stream, stream);
    patchConsole(output);
    return output.warn;
  },
};

afterAll(() => switchHooks(false, false));

let emitted = 0;
const errors = createErrorRecords({
  emit: () => undefined,
  clock: createFakeClock(),
  release: undefined,
});
const emit = createLineEmitter({
  lines: {
    emit() {
      emitted += 1;
    },
  },
  redactor: createRedactor(),
  errors,
});

function switchHooks(isOn: boolean, winstonFormats: boolean): void {
  const options = {
    mode: "otlp",
    emit,
    nowMillis: () => 1,
    countDropped: () => undefined,
  } as const;
  setLineHook(isOn ? createLineHook({ ...options, winstonFormats }) : undefined);
  setPinoHook(isOn ? createPinoHook(options) : undefined);
  setConsoleHook(isOn ? createConsoleHook(options) : undefined);
}

function printed(make: (stream: Writable) => Say, args: readonly unknown[]): string {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  try {
    make(stream)(...args);
  } catch (error) {
    chunks.push(`threw ${error}`);
  }
  // The stacks of two calls differ in the place they were made.
  return chunks.join("").replace(/(?:\\n|\n)\s+at [^\n"]*/g, "");
}

it.each(Object.keys(LOGGERS))(
  "500 calls of %s with hostile arguments print and throw what they do without us",
  (name) => {
    const below = createBelow(7);
    const make = LOGGERS[name] ?? fail;
    emitted = 0;
    for (let call = 0; call < 500; call += 1) {
      const args = Array.from({ length: below(4) }, () => anyValue(below, 2));
      switchHooks(false, false);
      const bare = printed(make, args);
      switchHooks(true, call % 2 === 0);
      expect(printed(make, args), `call ${call}`).toBe(bare);
    }
    expect(emitted).toBeGreaterThan(200);
  },
);
