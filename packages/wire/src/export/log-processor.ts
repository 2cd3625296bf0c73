import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import type { LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { SEVERITY } from "@sightline/core";
import type { Delivery } from "../delivery.ts";
import { createRankedBuffer } from "../queue/ranked-buffer.ts";
import { type Cancel, type Clock, systemClock } from "../seams.ts";
import { type HandOverOptions, handOver } from "./hand-over.ts";
import { estimateRecordBytes } from "./record-size.ts";

export interface LogProcessorOptions {
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

export interface LogProcessor extends LogRecordProcessor {
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
 * Turns log records into batches. The SDK's `BatchLogRecordProcessor` refuses the newest record
 * when its queue is full, which in an incident is the line that matters; this one drops the oldest
 * of the lowest severity, and counts it. `onEmit` only keeps the record and adds up its size.
 */
export function createLogProcessor(
  delivery: Delivery,
  options: LogProcessorOptions = {},
): LogProcessor {
  const clock = options.clock ?? systemClock;
  const maxBatchRecords = options.maxBatchRecords ?? MAX_BATCH_RECORDS;
  const delayMillis = options.delayMillis ?? DELAY_MILLIS;
  const buffer = createRankedBuffer<ReadableLogRecord>(
    options.maxQueuedBytes ?? MAX_QUEUED_BYTES,
    () => delivery.countDropped("logs", "queue_full", 1),
  );
  const waiting = new Set<readonly ReadableLogRecord[]>();
  let cancelTimer: Cancel | undefined;
  let isDrainPlanned = false;
  let isShutDown = false;

  function handOverSome(records: readonly ReadableLogRecord[]): void {
    handOver(records, { ...LOGS, delivery, nowUnixMillis: clock.now() });
  }

  function handOverAll(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    for (const records of waiting) handOverSome(records);
    waiting.clear();
    while (buffer.length() > 0) handOverSome(buffer.take(maxBatchRecords));
  }

  function handOverOnceKnown(records: readonly ReadableLogRecord[]): void {
    const pending = findPendingResources(records);
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
    onEmit(record) {
      if (isShutDown) {
        delivery.countDropped("logs", "shutdown_timeout", 1);
        return;
      }
      buffer.push(record, record.severityNumber || SEVERITY.INFO, estimateRecordBytes(record));
      if (buffer.length() >= maxBatchRecords) planDrain();
      else armTimer();
    },
    forceFlush: (flushOptions) => flush(flushOptions?.timeoutMillis ?? flushTimeoutMillis),
    shutdown() {
      isShutDown = true;
      return flush(flushTimeoutMillis);
    },
    handOver: handOverAll,
    queuedRecords: () => buffer.length(),
    queuedBytes: () => buffer.bytes(),
  };
}

const LOGS: Pick<
  HandOverOptions<ReadableLogRecord>,
  "signal" | "serialize" | "severityNumberOf"
> = {
  signal: "logs",
  serialize: (records) => ProtobufLogsSerializer.serializeRequest(records),
  severityNumberOf: (record) => record.severityNumber ?? 0,
};

/** Resource detectors may still be at work when the first lines are logged. */
function findPendingResources(records: readonly ReadableLogRecord[]): Promise<void>[] {
  const resources = new Set(records.map((record) => record.resource));
  return [...resources]
    .filter((resource) => resource.asyncAttributesPending)
    .map((resource) => resource.waitForAsyncAttributes?.() ?? Promise.resolve());
}
