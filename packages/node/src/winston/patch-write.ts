import type { LineHook, WinstonLogger } from "./logger-class.ts";

/**
 * Registered, so that a second copy of this package in the same process sees the first one's patch
 * and a line is never captured twice.
 */
const PATCHED = Symbol.for("sightline.winston.patched");

type Write = WinstonLogger["write"];

let hook: LineHook | undefined;

/** Sets who is told of lines; undefined makes every patch a pass-through. */
export function setLineHook(next: LineHook | undefined): void {
  hook = next;
}

/**
 * Puts the hook before the stream of a logger, or of every logger of a class when given a prototype.
 *
 * Before the stream, because one transport that never calls back stops all others behind it
 * (winston#1364): a transport of ours would get 16 lines of 2,000. Children are covered, since
 * their `write` calls their parent's.
 */
export function patchWrite(target: WinstonLogger): void {
  const original = target.write as Write & { [PATCHED]?: true };
  if (original[PATCHED]) return;
  const write = function write(this: WinstonLogger, info: unknown, ...rest: unknown[]): boolean {
    return original.call(this, tellHook(this, info), ...rest);
  };
  Object.defineProperty(write, PATCHED, { value: true });
  Object.defineProperty(target, "write", { value: write, writable: true, configurable: true });
}

function tellHook(logger: WinstonLogger, info: unknown): unknown {
  if (hook === undefined || typeof info !== "object" || info === null) return info;
  try {
    return hook(logger, info) ?? info;
  } catch {
    // Whatever went wrong here, the host's line is written as it would be without us.
    return info;
  }
}
