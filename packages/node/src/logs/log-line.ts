/** A line as its logger gave it, before limits and redaction. */
export type LogLine = {
  /** Level as the logger wrote it; may be a custom one. */
  readonly level: string;
  readonly message: string;
  /** Whatever else came with the line; values of any type. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly error: CapturedError | undefined;
  readonly timeMillis: number;
};

/** An error in plain text, so that no live object of the host is kept. */
export type CapturedError = {
  readonly type: string;
  readonly message: string;
  /** Stack with the stacks of its causes; empty when the error has none. */
  readonly stack: string;
};
