import { loggerHooks } from "../logs/logger-hooks.ts";
import type { LineHook, WinstonLogger } from "./logger-class.ts";

/**
 * Registered, so that a second copy of this package in the same process sees the first one's patch
 * and a line is never captured twice.
 */
const PATCHED = Symbol.for("sightline.winston.patched");

type Write = WinstonLogger["write"];
type Patched = Write & { [PATCHED]?: true };

/** Sets who is told of lines; undefined makes every patch a pass-through. */
export function setLineHook(next: LineHook | undefined): void {
  loggerHooks.winston = next;
}

/** Whether the lines of a logger come by here. */
export function isPatched(target: WinstonLogger): boolean {
  return (target.write as Patched)[PATCHED] === true;
}

/**
 * Puts the hook before the stream of a logger, or of every logger of a class when given a prototype.
 *
 * Before the stream, because one transport that never calls back stops all others behind it
 * (winston#1364): a transport of ours would get 16 lines of 2,000. Children are covered, since
 * their `write` calls their parent's.
 */
export function patchWrite(target: WinstonLogger): void {
  if (isPatched(target)) return;
  const original: Write = target.write;
  const write = function write(this: WinstonLogger, info: unknown, ...rest: unknown[]): boolean {
    const hook = loggerHooks.winston;
    if (hook === undefined || typeof info !== "object" || info === null) {
      return original.call(this, info, ...rest);
    }
    // A getter of the host that logs runs once more when winston itself reads it.
    if (loggerHooks.isReading) return true;
    const before = loggerHooks.printing;
    try {
      return original.call(this, tellHook(hook, this, info), ...rest);
    } finally {
      loggerHooks.printing = before;
    }
  };
  Object.defineProperty(write, PATCHED, { value: true });
  Object.defineProperty(target, "write", { value: write, writable: true, configurable: true });
}

function tellHook(hook: LineHook, logger: WinstonLogger, info: object): object {
  loggerHooks.isReading = true;
  try {
    return hook(logger, info) ?? info;
  } catch {
    // Whatever went wrong here, the host's line is written as it would be without us.
    return info;
  } finally {
    loggerHooks.isReading = false;
  }
}
