import type { SeverityNumber } from "../severity/severity.ts";

/** A value that OpenTelemetry attributes and Loki's structured metadata both take. */
export type AttributeValue = string | number | boolean;

/** Attributes by their wire name; see `conventions.ts`. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What every record has, whatever its kind. */
export interface RecordBase {
  /** When it happened by the clock of its source, Unix milliseconds. */
  readonly timeMillis: number;
  /** Text for people. At most `LOKI_LIMIT.maxBodyBytes`; stacks belong here, never in attributes. */
  readonly body: string;
}

/** An ordinary line of any level, sent once. */
export interface LogRecord extends RecordBase {
  readonly kind: "log";
  /** Absent when nothing is known about it. */
  readonly severityNumber?: SeverityNumber;
  /** The level as its source wrote it, `warn` or `WARNING`. */
  readonly severityText?: string;
  /** 32 hexadecimal digits. */
  readonly traceId?: string;
  /** 16 hexadecimal digits. */
  readonly spanId?: string;
  /** Coarse fingerprint, where the line carries an error. */
  readonly fp?: string;
  readonly attributes: Attributes;
}
