import type { DropReason, LogsMode } from "@sightline/core";
import { captureConsole } from "../console/capture-console.ts";
import { findPino } from "../pino/find-pino.ts";
import { setPinoHook } from "../pino/patch-as-json.ts";
import { createPinoHook } from "../pino/pino-hook.ts";
import { findWinston } from "../winston/find-winston.ts";
import { createLineHook } from "../winston/line-hook.ts";
import { setLineHook } from "../winston/patch-write.ts";
import type { LogLine } from "./log-line.ts";
import type { LoggerName } from "./loggers.ts";

export type LoggerCaptureOptions = {
  readonly mode: Exclude<LogsMode, "off">;
  readonly loggers: readonly LoggerName[];
  /** Whether winston's own formats run before a line is taken. */
  readonly winstonFormats: boolean;
  readonly emit: (line: LogLine) => void;
  readonly nowMillis: () => number;
  /** Told of a line that could not be taken. */
  readonly countDropped: (reason: DropReason) => void;
};

type Stop = () => void;

const CAPTURES: Readonly<Record<LoggerName, (options: LoggerCaptureOptions) => Stop>> = {
  winston(options) {
    setLineHook(createLineHook(options));
    const stop = findWinston();
    return () => {
      stop();
      setLineHook(undefined);
    };
  },
  pino(options) {
    setPinoHook(createPinoHook(options));
    const stop = findPino();
    return () => {
      stop();
      setPinoHook(undefined);
    };
  },
  // Printed text stays as it is: with "stdout" there is nothing to do.
  console: (options) => (options.mode === "otlp" ? captureConsole(options) : () => undefined),
};

/** Takes the lines of the host's loggers, or stamps them where they are only printed. */
export function captureLoggers(options: LoggerCaptureOptions): Stop {
  const stops = options.loggers.map((logger) => CAPTURES[logger](options));
  return () => {
    for (const stop of stops) stop();
  };
}
