import type { ConsoleHook } from "../console/patch-console.ts";
import type { PinoHook } from "../pino/patch-as-json.ts";
import type { LineHook } from "../winston/logger-class.ts";

/**
 * Who is told of lines, and what every patch has to know of the others. A patch outlives the
 * `start()` that made it, and may be that of another copy of this package; so patches look here
 * at each line, and one that nobody listens to is a pass-through.
 */
export type LoggerHooks = {
  winston: LineHook | undefined;
  pino: PinoHook | undefined;
  console: ConsoleHook | undefined;
  /**
   * Code of the host runs only because a line is being read: an inspect function, a getter. What
   * it logs is left out, since it runs once more when the line is printed.
   */
  isReading: boolean;
  /**
   * Text of the captured line that its logger is writing now. What the console prints of it is no
   * second line; an empty text stands for whatever is printed.
   */
  printing: string | undefined;
  /** The newest line of pino as printed: some of its streams print through the console. */
  pinoLine: string | undefined;
  /** Whether the line of pino that is being made now passes a patch of ours. */
  isInPino: boolean;
};

/** Registered, so that all copies of this package meet; the version goes up with the type above. */
const KEY = Symbol.for("sightline.logger-hooks.v1");
const registry = globalThis as { [KEY]?: LoggerHooks };

registry[KEY] ??= {
  winston: undefined,
  pino: undefined,
  console: undefined,
  isReading: false,
  printing: undefined,
  pinoLine: undefined,
  isInPino: false,
};

export const loggerHooks: LoggerHooks = registry[KEY];
