import type { Attributes } from "@opentelemetry/api";
import type { Kind } from "@sightline/core";

/** A record as it would have left the process: redacted, limited, with its fingerprints. */
export type CapturedRecord = {
  /** `log` for lines; `error` and `session` for the compact records made beside them. */
  readonly kind: Kind;
  /** As the logger wrote it, such as `warn`; empty for records that are no lines. */
  readonly level: string;
  /** OpenTelemetry severity number, 1 to 24; 0 = none. */
  readonly severityNumber: number;
  /** The text, with the stack where there is an error. */
  readonly message: string;
  readonly attributes: Attributes;
  readonly timeUnixMillis: number;
  /** 32 hexadecimal digits; undefined outside of a trace. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
};

export type CapturedSpan = {
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly attributes: Attributes;
  readonly hasFailed: boolean;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly durationMillis: number;
};

/** The newest state of one series of a metric. */
export type CapturedPoint = {
  readonly name: string;
  /** As in UCUM: `s`, `By`, `{request}`; empty = none. */
  readonly unit: string;
  readonly attributes: Attributes;
  /** Of a counter or gauge; of a histogram the number of measurements. */
  readonly value: number;
  /** Of a histogram only. */
  readonly sum?: number | undefined;
};
