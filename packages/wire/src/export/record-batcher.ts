import type { Delivery } from "../delivery.ts";
import { createRankedBuffer } from "../queue/ranked-buffer.ts";
import { type Cancel, type Clock, systemClock } from "../seams.ts";
import { type HandOverOptions, handOver } from "./hand-over.ts";

export interface BatcherOptions {
  /** Records of one request. Default 512. */
  readonly maxBatchRecords?: number | undefined;
  /** The longest a record waits for others. Default 1,000. */
  readonly delayMillis?: number | undefined;
  /** Bound of records not yet serialized, by an estimate of their size. Default 4 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /** Bound of `forceFlush()` without its own, and of `shutdown()`. Default 10,000. */
  readonly flushTimeoutMillis?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** What is different from one kind of record to the next. */
export interface RecordKind<T>
  extends Pick<HandOverOptions<T>, "signal" | "serialize" | "severityNumberOf"> {
  /** Where room is short, the lowest goes first, and the oldest of those. */
  rankOf(record: T): number;
  estimateBytes(record: T): number;
  resourceOf(record: T): PendingResource;
}

/** Resource detectors may still be at work when the first records are made. */
export interface PendingResource {
  readonly asyncAttributesPending?: boolean | undefined;
  waitForAsyncAttributes?(): Promise<void>;
}

export interface RecordBatcher<T> {
  push(record: T): void;
  flush(timeoutMillis?: number): Promise<void>;
  /** Takes no more and flushes. */
  shutdown(): Promise<void>;
  /** For the exit of the process: gives all records to the delivery at once. */
  handOver(): void;
  queuedRecords(): number;
  queuedBytes(): number;
}

const MAX_BATCH_RECORDS = 512;
const DELAY_MILLIS = 1_000;
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
const FLUSH_TIMEOUT_MILLIS = 10_000;

/**
 * Turns records into batches. The SDK's batch processors refuse the newest record when their queue
 * is full, which in an incident is the one that matters, and count nothing; this drops the oldest of
 * the lowest rank, and counts it. `push` only keeps the record and adds up its size.
 */
export function createRecordBatcher<T>(
  delivery: Delivery,
  kind: RecordKind<T>,
  options: BatcherOptions,
): RecordBatcher<T> {
  const clock = options.clock ?? systemClock;
  const maxBatchRecords = options.maxBatchRecords ?? MAX_BATCH_RECORDS;
  const delayMillis = options.delayMillis ?? DELAY_MILLIS;
  const buffer = createRankedBuffer<T>(options.maxQueuedBytes ?? MAX_QUEUED_BYTES, () =>
    delivery.countDropped(kind.signal, "queue_full", 1),
  );
  const waiting = new Set<readonly T[]>();
  let cancelTimer: Cancel | undefined;
  let isDrainPlanned = false;
  let isShutDown = false;

  function handOverSome(records: readonly T[]): void {
    handOver(records, { ...kind, delivery, nowUnixMillis: clock.now() });
  }

  function handOverAll(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    for (const records of waiting) handOverSome(records);
    waiting.clear();
    while (buffer.length() > 0) handOverSome(buffer.take(maxBatchRecords));
  }

  function handOverOnceKnown(records: readonly T[]): void {
    const pending = findPending(records, kind);
    if (pending.length === 0) {
      handOverSome(records);
      return;
    }
    waiting.add(records);
    void Promise.allSettled(pending).then(() => {
      if (waiting.delete(records)) handOverSome(records);
    });
  }

  /** One batch per turn of the event loop: serializing thousands at once would stall the host. */
  function drain(): void {
    isDrainPlanned = false;
    handOverOnceKnown(buffer.take(maxBatchRecords));
    if (buffer.length() >= maxBatchRecords) planDrain();
    else armTimer();
  }

  function planDrain(): void {
    if (isDrainPlanned) return;
    isDrainPlanned = true;
    cancelTimer?.();
    cancelTimer = undefined;
    setImmediate(drain).unref();
  }

  function armTimer(): void {
    if (cancelTimer || isDrainPlanned || buffer.length() === 0) return;
    cancelTimer = clock.after(delayMillis, () => {
      cancelTimer = undefined;
      planDrain();
    });
  }

  async function flush(timeoutMillis: number): Promise<void> {
    handOverAll();
    await delivery.flush(timeoutMillis);
  }

  const flushTimeoutMillis = options.flushTimeoutMillis ?? FLUSH_TIMEOUT_MILLIS;

  return {
    push(record) {
      if (isShutDown) {
        delivery.countDropped(kind.signal, "shutdown_timeout", 1);
        return;
      }
      buffer.push(record, kind.rankOf(record), kind.estimateBytes(record));
      if (buffer.length() >= maxBatchRecords) planDrain();
      else armTimer();
    },
    flush: (timeoutMillis) => flush(timeoutMillis ?? flushTimeoutMillis),
    shutdown() {
      isShutDown = true;
      return flush(flushTimeoutMillis);
    },
    handOver: handOverAll,
    queuedRecords: () => buffer.length(),
    queuedBytes: () => buffer.bytes(),
  };
}

function findPending<T>(records: readonly T[], kind: RecordKind<T>): Promise<void>[] {
  return [...new Set(records.map((record) => kind.resourceOf(record)))]
    .filter((resource) => resource.asyncAttributesPending)
    .map((resource) => resource.waitForAsyncAttributes?.() ?? Promise.resolve());
}
