import { ATTRIBUTE } from "@sightline/core";
import { captureThrown } from "../logs/capture-error.ts";
import type { LogLine } from "../logs/log-line.ts";
import { rememberUncaught } from "../logs/uncaught-errors.ts";
import type { Pipeline } from "../pipeline.ts";

export type FatalOptions = {
  readonly pipeline: Pipeline;
  readonly emit: (line: LogLine) => void;
  readonly nowMillis: () => number;
};

/**
 * Writes a FATAL line for an uncaught error or rejection and puts it into the spool before the
 * process is gone. `uncaughtExceptionMonitor` only watches: what the error does to the process, and
 * what Node prints, stays as it is without us. Returns a function that stops it.
 */
export function recordFatal({ pipeline, emit, nowMillis }: FatalOptions): () => void {
  const onUncaught = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void => {
    try {
      rememberUncaught(error);
      emit(toLine(error, origin, nowMillis()));
      pipeline.saveSync();
    } catch {
      // The host's own error is the one to be seen.
    }
  };
  process.on("uncaughtExceptionMonitor", onUncaught);
  return () => void process.off("uncaughtExceptionMonitor", onUncaught);
}

function toLine(
  error: unknown,
  origin: NodeJS.UncaughtExceptionOrigin,
  timeMillis: number,
): LogLine {
  const captured = captureThrown(error);
  const message = captured.stack === "" ? captured.message : "";
  return {
    level: "fatal",
    message,
    fields: { [ATTRIBUTE.exceptionOrigin]: origin },
    error: captured,
    timeMillis,
    isUncaught: true,
  };
}
