import type { Response } from "express";
import { createLogger, format, type Logger, transports } from "winston";
import type { LogLevel } from "./config.ts";

/** How many causes of causes a line shows; a chain that loops ends here too. */
const MAX_CAUSES = 8;

export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: DescribedError;
}

/** An error as plain data: JSON.stringify alone turns an Error into `{}`. */
export function describeError(value: unknown, depth = 0): DescribedError {
  if (!(value instanceof Error)) return { name: typeof value, message: String(value) };
  const code = "code" in value && typeof value.code === "string" ? value.code : undefined;
  return {
    name: value.name,
    message: value.message,
    ...(value.stack === undefined ? {} : { stack: value.stack }),
    ...(code === undefined ? {} : { code }),
    ...(value.cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: describeError(value.cause, depth + 1) }),
  };
}

// A copy, not a change in place: whoever else reads the same record must still find the Error.
const describeErrors = format((info) =>
  "error" in info ? { ...info, error: describeError(info["error"]) } : info,
);

/** One JSON object per line on stdout. Give errors as `logger.error("what failed", { error })`. */
export function createBoardLogger(level: LogLevel): Logger {
  return createLogger({
    level,
    format: format.combine(describeErrors(), format.timestamp(), format.json()),
    transports: [new transports.Console()],
  });
}

/** The logger of one request; carries its id. Set by the request-log middleware. */
export function loggerOf(response: Response): Logger {
  return response.locals["logger"] as Logger;
}
