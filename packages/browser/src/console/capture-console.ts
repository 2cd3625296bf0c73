import { isErrorLike } from "../errors/describe-error.ts";
import { patch, type Undo } from "../page/patch.ts";
import type { ConsoleLevel } from "../sightline-options.ts";
import { isHttpErrorResponse } from "../text/error-message.ts";
import { printArguments } from "../text/print-value.ts";

export interface ConsoleSink {
  line(level: ConsoleLevel, text: string): void;
  /** @param text what was printed beside the error. */
  error(error: unknown, text: string): void;
}

/** The console goes on as it was; what it is called with is told. */
export function captureConsole(levels: readonly ConsoleLevel[], sink: ConsoleSink): Undo {
  // Getters of what is printed may print themselves, and so may we in an error of our own.
  let busy = false;
  const take = (level: ConsoleLevel, args: readonly unknown[]): void => {
    if (busy) return;
    busy = true;
    try {
      const error = level === "error" ? args.find(isTellable) : undefined;
      if (error === undefined) sink.line(level, printArguments(args));
      else sink.error(error, printArguments(args.filter((argument) => argument !== error)));
    } catch {
      // Nothing of ours may break a call of the console.
    } finally {
      busy = false;
    }
  };
  const undos = levels.map((level) =>
    patch<(...args: unknown[]) => unknown>(
      console,
      level,
      (original, isActive) =>
        function (this: unknown, ...args) {
          if (isActive()) take(level, args);
          return original.apply(this, args);
        },
    ),
  );
  return () => {
    for (const undo of undos) undo();
  };
}

/** An error with its place; Angular's has none and is one all the same. */
function isTellable(argument: unknown): boolean {
  try {
    if (!isErrorLike(argument)) return false;
    return typeof argument.stack === "string" || isHttpErrorResponse(argument);
  } catch {
    return false;
  }
}
