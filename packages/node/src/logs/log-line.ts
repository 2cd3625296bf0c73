import type { SeverityNumber } from "@sightline/core";

/** A line as its logger gave it, before limits and redaction. */
export type LogLine = {
  /** Level as the logger wrote it; may be a custom one. */
  readonly level: string;
  readonly message: string;
  /** Whatever else came with the line; values of any type. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly error: CapturedError | undefined;
  readonly timeMillis: number;
  /** Such as `console`, or the `name` of a pino logger. */
  readonly loggerName?: string | undefined;
  /** Severity in the logger's own scale; absent where only the level's name tells it. */
  readonly severityNumber?: SeverityNumber | undefined;
  /** Nobody caught the error: the process dies of it, or its logger's handler stepped in. */
  readonly isUncaught?: boolean | undefined;
  /** The same occurrence of the error was told by another line: it makes no second error record. */
  readonly isRetold?: boolean | undefined;
};

/** An error in plain text, so that no live object of the host is kept. */
export type CapturedError = {
  readonly type: string;
  readonly message: string;
  /** Stack with the stacks of its causes; empty when the error has none. */
  readonly stack: string;
};
