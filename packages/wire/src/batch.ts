/** The three kinds of OTLP export request, spelled as in the path `/v1/<signal>`. */
export type Signal = "logs" | "metrics" | "traces";

export const SIGNALS: readonly Signal[] = ["logs", "metrics", "traces"];

/** One serialized export request: the unit that is queued, spooled, sent and acknowledged. */
export interface Batch {
  readonly signal: Signal;
  /** The request as OTLP protobuf, not compressed. */
  readonly body: Uint8Array;
  /** Log records, spans or metric data points in it. */
  readonly records: number;
  /** The highest OpenTelemetry severity number in it, 1 to 24; 0 = none. */
  readonly severityNumber: number;
  readonly createdUnixMillis: number;
}

/** What is known of a batch without its body; all that stays in memory while the body is on disk. */
export type BatchFacts = Omit<Batch, "body">;
