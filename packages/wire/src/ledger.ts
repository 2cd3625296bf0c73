import type { DropReason } from "@sightline/core";
import type { Signal } from "./batch.ts";
import type { SendRetryable } from "./outcome.ts";

export interface DroppedRecords {
  readonly signal: Signal;
  readonly reason: DropReason;
  readonly records: number;
}

export interface AcknowledgedRecords {
  readonly signal: Signal;
  readonly records: number;
}

/** What went wrong last. `text` never holds a secret. */
export interface DeliveryError {
  readonly signal: Signal | undefined;
  readonly source: "receiver" | "spool" | "serializer";
  /** `credentials`: the receiver answered 401 or 403, and the text says "not authorised". */
  readonly cause: SendRetryable["cause"] | "rejected" | "spool" | "unreadable" | "serialization";
  readonly text: string;
  readonly unixMillis: number;
}

export interface LedgerOptions {
  readonly onDrop: ((drop: DroppedRecords) => void) | undefined;
  readonly onAcknowledged: ((acknowledged: AcknowledgedRecords) => void) | undefined;
  now(): number;
}

/** Every record that was ever enqueued ends in exactly one of its counts, or still waits. */
export interface Ledger {
  acknowledge(signal: Signal, records: number): void;
  drop(signal: Signal, reason: DropReason, records: number): void;
  fail(error: Omit<DeliveryError, "unixMillis">): void;
  countQuarantined(): void;
  countUnreadable(): void;
  read(): LedgerFigures;
}

export interface LedgerFigures {
  readonly acknowledgedRecords: Readonly<Record<Signal, number>>;
  readonly dropped: readonly DroppedRecords[];
  readonly lastError: DeliveryError | undefined;
  readonly lastAcknowledgedUnixMillis: number | undefined;
  /** Refused batches of which a sample was kept on disk, since start; the folder keeps the newest. */
  readonly quarantinedBatches: number;
  /** 2xx answers that were no OTLP response: is the endpoint what it should be? */
  readonly unreadableResponses: number;
}

export function createLedger(options: LedgerOptions): Ledger {
  const acknowledgedRecords: Record<Signal, number> = { logs: 0, metrics: 0, traces: 0 };
  const dropped = new Map<string, DroppedRecords>();
  let lastError: DeliveryError | undefined;
  let lastAcknowledgedUnixMillis: number | undefined;
  let quarantinedBatches = 0;
  let unreadableResponses = 0;

  return {
    acknowledge(signal, records) {
      acknowledgedRecords[signal] += records;
      lastAcknowledgedUnixMillis = options.now();
      callHost(options.onAcknowledged, { signal, records });
    },
    drop(signal, reason, records) {
      if (records === 0) return;
      const key = `${signal} ${reason}`;
      const before = dropped.get(key)?.records ?? 0;
      dropped.set(key, { signal, reason, records: before + records });
      callHost(options.onDrop, { signal, reason, records });
    },
    fail(error) {
      lastError = { ...error, unixMillis: options.now() };
    },
    countQuarantined() {
      quarantinedBatches += 1;
    },
    countUnreadable() {
      unreadableResponses += 1;
    },
    read: () => ({
      acknowledgedRecords: { ...acknowledgedRecords },
      dropped: [...dropped.values()],
      lastError,
      lastAcknowledgedUnixMillis,
      quarantinedBatches,
      unreadableResponses,
    }),
  };
}

/** A fault in the host's callback must not stop the delivery that called it. */
export function callHost<T>(callback: ((value: T) => void) | undefined, value: T): void {
  try {
    callback?.(value);
  } catch {
    // The host's own fault, and there is nobody here to tell.
  }
}
