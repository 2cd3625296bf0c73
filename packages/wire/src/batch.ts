import type { DropReason } from "@sightline/core";

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

/** How a batch left this machine. Texts never hold a secret. */
export type BatchFate =
  | {
      readonly status: "acknowledged";
      /** Of its records, those that the receiver said it refused. */
      readonly rejectedRecords: number;
      readonly message?: string;
    }
  | { readonly status: "dropped"; readonly reason: DropReason; readonly message?: string };

/**
 * Told once, when the body is in a file of the spool, whole and under its name: from here on the
 * death of this process loses nothing. Its fate is still open, and told to {@link OnSettled}.
 */
export type OnSpooled = () => void;

/** Told once, when the batch is acknowledged or dropped; never for one that another process adopted. */
export type OnSettled = (fate: BatchFate) => void;
