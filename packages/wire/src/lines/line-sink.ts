import { type Attributes, SEVERITY } from "@sightline/core";
import type { Delivery } from "../delivery.ts";
import { MAX_BODY_BYTES } from "../export/serialize-split.ts";
import { createRankedBuffer } from "../queue/ranked-buffer.ts";
import { type Cancel, type Clock, systemClock } from "../seams.ts";
import { createRecordEncoder, encodeResource, encodeScope } from "./encode-record.ts";
import type { LineJournal } from "./line-journal.ts";
import type { LineRecord } from "./line-record.ts";
import { createLineSlabs } from "./line-slabs.ts";
import { bytesInRequest, encodeLogsRequest } from "./logs-request.ts";
import { createRecordClock } from "./record-clock.ts";

/** Takes records one by one: encoded once, kept in the journal at once, sent in batches. */
export interface LineSink {
  /** Never throws and never blocks; what finds no room is dropped and counted. */
  emit(record: LineRecord): void;
  /** Gives all that is queued to the delivery at once. */
  handOver(): void;
  queuedRecords(): number;
  queuedBytes(): number;
}

export interface LineSinkOptions {
  readonly delivery: Delivery;
  /** Attributes of the resource that all records share. */
  readonly resource: Attributes;
  /** Who makes the records, as the receiver is told. */
  readonly scope: { readonly name: string; readonly version: string };
  /** Keeps each record until it is safe elsewhere. Absent: the queue in memory is all there is. */
  readonly journal?: LineJournal | undefined;
  /** Records of one request. Default 512. */
  readonly maxBatchRecords?: number | undefined;
  /** The longest a record waits for others. Default 1,000. */
  readonly delayMillis?: number | undefined;
  /** Bound of the records that are in no batch yet. Default 4 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  readonly clock?: Clock | undefined;
}

interface QueuedRecord {
  readonly bytes: Uint8Array;
  readonly severityNumber: number;
  /** In the journal; 0 = not there. */
  readonly number: number;
}

const MAX_BATCH_RECORDS = 512;
const DELAY_MILLIS = 1_000;
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
/** What the heap holds for a record beside its bytes. */
const RECORD_OVERHEAD_BYTES = 96;

/**
 * A full queue drops the oldest of the lowest severity, counted as `queue_full`, so that in an
 * incident the errors are what is left. `emit` costs about a microsecond: encode, journal, queue.
 */
export function createLineSink(options: LineSinkOptions): LineSink {
  const { delivery, journal } = options;
  const clock = options.clock ?? systemClock;
  const maxBatchRecords = options.maxBatchRecords ?? MAX_BATCH_RECORDS;
  const delayMillis = options.delayMillis ?? DELAY_MILLIS;
  const encoder = createRecordEncoder();
  const recordClock = createRecordClock();
  const slabs = createLineSlabs();
  const resource = encodeResource(options.resource);
  const scope = encodeScope(options.scope.name, options.scope.version);
  const emptyBytes = encodeLogsRequest({ resource, scope, records: [] }).length;
  /** The lengths around all records grow by a few bytes with them. */
  const maxRecordsBytes = MAX_BODY_BYTES - emptyBytes - 16;
  const buffer = createRankedBuffer<QueuedRecord>(
    options.maxQueuedBytes ?? MAX_QUEUED_BYTES,
    (record) => {
      delivery.countDropped("logs", "queue_full", 1);
      journal?.settle([record.number]);
    },
  );
  let cancelTimer: Cancel | undefined;
  let isDrainPlanned = false;

  function takeRecord(record: LineRecord): void {
    const encoded = encoder.encode(record, recordClock.stamp(record.timeUnixMillis));
    if (bytesInRequest(encoded) > maxRecordsBytes) {
      delivery.countDropped("logs", "too_large", 1);
      return;
    }
    const number = journal === undefined ? 0 : journal.append(encoded);
    const { severityNumber } = record;
    const rank = severityNumber || SEVERITY.INFO;
    const queued = { bytes: slabs.copy(encoded, rank), severityNumber, number };
    buffer.push(queued, rank, queued.bytes.length + RECORD_OVERHEAD_BYTES);
  }

  /** One batch per turn of the event loop: a burst must not become a long pause of the host. */
  function drain(): void {
    isDrainPlanned = false;
    sendAll(buffer.take(maxBatchRecords));
    planNext();
  }

  function planNext(): void {
    if (isDrainPlanned) return;
    const queued = buffer.length();
    if (queued >= maxBatchRecords) planDrain();
    else if (queued > 0) cancelTimer ??= clock.after(delayMillis, planDrain);
  }

  function planDrain(): void {
    stopTimer();
    if (isDrainPlanned) return;
    isDrainPlanned = true;
    setImmediate(drain).unref();
  }

  function stopTimer(): void {
    cancelTimer?.();
    cancelTimer = undefined;
  }

  function sendAll(records: readonly QueuedRecord[]): void {
    for (let start = 0; start < records.length; ) {
      const end = endOfRequest(records, start, maxRecordsBytes);
      send(records.slice(start, end));
      start = end;
    }
  }

  function send(records: readonly QueuedRecord[]): void {
    const settle = settleIn(journal, records);
    const batch = {
      signal: "logs",
      body: encodeLogsRequest({ resource, scope, records: records.map(({ bytes }) => bytes) }),
      records: records.length,
      severityNumber: Math.max(...records.map(({ severityNumber }) => severityNumber)),
      createdUnixMillis: clock.now(),
    } as const;
    delivery.enqueue(batch, settle, settle);
  }

  return {
    emit(record) {
      try {
        takeRecord(record);
        planNext();
      } catch {
        // A record that is not what its type says: a fault of ours, and not the host's to bear.
        delivery.countDropped("logs", "serialization_failed", 1);
      }
    },
    handOver() {
      stopTimer();
      while (buffer.length() > 0) sendAll(buffer.take(maxBatchRecords));
    },
    queuedRecords: () => buffer.length(),
    queuedBytes: () => buffer.bytes(),
  };
}

function endOfRequest(
  records: readonly QueuedRecord[],
  start: number,
  maxRecordsBytes: number,
): number {
  let bytes = 0;
  let end = start;
  for (; end < records.length; end += 1) {
    bytes += bytesInRequest((records[end] as QueuedRecord).bytes);
    if (bytes > maxRecordsBytes && end > start) break;
  }
  return end;
}

/**
 * The same for "in the spool" and for "settled": from the first of the two on, the journal's copy
 * is of no use.
 */
function settleIn(
  journal: LineJournal | undefined,
  records: readonly QueuedRecord[],
): (() => void) | undefined {
  if (journal === undefined) return undefined;
  const numbers = records.map(({ number }) => number);
  return () => journal.settle(numbers);
}
