import { loggerHooks } from "../logs/logger-hooks.ts";
import { type AsJson, type PinoLogger, type PinoPrototype, prototypeOf } from "./pino-class.ts";

/** One call of a pino logger and the line that it made. */
export type PinoCall = {
  readonly logger: PinoLogger;
  /** The object of the call, with what a `mixin` added; live. */
  readonly fields: unknown;
  readonly level: number;
  /** As it stands in the line: `,"time":1700000000000`. */
  readonly time: string;
  /** With serializers, formatters and pino's redaction applied, and its line end. */
  readonly json: string;
};

/** Told of each line before it is written. Returns what is to be written. */
export type PinoHook = (call: PinoCall) => string;

/** Registered, so that a second copy of this package leaves what is patched. */
const PATCHED = Symbol.for("sightline.pino.patched");

/** Sets who is told of lines; undefined makes every patch a pass-through. */
export function setPinoHook(next: PinoHook | undefined): void {
  loggerHooks.pino = next;
}

/**
 * Puts the hook behind the function that makes a line of pino, for all loggers of this copy of it:
 * it is the last place before the stream, and what it gives is what is printed. Pino 10 tells of
 * lines on a diagnostics channel as well, at three times the cost and without a way to change them.
 */
export function patchAsJson(target: PinoPrototype): void {
  const symbol = Object.getOwnPropertySymbols(target).find(
    ({ description }) => description === "pino.asJson",
  );
  if (symbol === undefined) return;
  const holder = target as Record<symbol, AsJson & { [PATCHED]?: true }>;
  const original = holder[symbol];
  if (typeof original !== "function" || original[PATCHED]) return;
  const asJson: AsJson = function asJson(this, fields, message, level, time) {
    const hook = loggerHooks.pino;
    if (hook === undefined) return original.call(this, fields, message, level, time);
    // A serializer of the host may log too.
    const before = loggerHooks.isInPino;
    loggerHooks.isInPino = true;
    let json: string;
    try {
      json = original.call(this, fields, message, level, time);
    } finally {
      loggerHooks.isInPino = before;
    }
    return tellPinoHook(hook, { logger: this, fields, level, time, json });
  };
  Object.defineProperty(asJson, PATCHED, { value: true });
  holder[symbol] = asJson;
}

/** The same for a logger. False where it is none of pino's. */
export function patchPinoOf(logger: object): boolean {
  const prototype = prototypeOf(logger);
  if (prototype !== undefined) patchAsJson(prototype);
  return prototype !== undefined;
}

export function tellPinoHook(hook: PinoHook, call: PinoCall): string {
  if (loggerHooks.isReading) return call.json;
  loggerHooks.isReading = true;
  try {
    return hook(call);
  } catch {
    // Whatever went wrong here, the host's line is written as it would be without us.
    return call.json;
  } finally {
    loggerHooks.isReading = false;
  }
}
