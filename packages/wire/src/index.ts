export type { RetryOptions } from "./backoff.ts";
export {
  type Batch,
  type BatchFate,
  type OnSettled,
  type OnSpooled,
  SIGNALS,
  type Signal,
} from "./batch.ts";
export {
  createDelivery,
  type Delivery,
  type DeliveryStats,
  type SpoolFigures,
} from "./delivery.ts";
export type { DeliveryOptions, SpoolOptions } from "./delivery-options.ts";
export type { ExporterOptions } from "./export/delivery-exporter.ts";
export { createMetricExporter } from "./export/metric-exporter.ts";
export type { BatcherOptions } from "./export/record-batcher.ts";
export { createSpanExporter } from "./export/span-exporter.ts";
export { createSpanProcessor, type WireSpanProcessor } from "./export/span-processor.ts";
export type { FlushResult } from "./flush-waiters.ts";
export { isLoopbackHost } from "./http/loopback.ts";
export type { AcknowledgedRecords, DeliveryError, DroppedRecords } from "./ledger.ts";
export {
  createRecordEncoder,
  encodeResource,
  encodeScope,
  type RecordEncoder,
} from "./lines/encode-record.ts";
export type { LineJournal } from "./lines/line-journal.ts";
export type { LineRecord } from "./lines/line-record.ts";
export { createLineSink, type LineSink, type LineSinkOptions } from "./lines/line-sink.ts";
export {
  encodeLogsRequest,
  type LogsRequest,
  readRecordNanos,
  restampRecord,
} from "./lines/logs-request.ts";
export { createRecordClock, type RecordClock, type RecordTime } from "./lines/record-clock.ts";
export type { SendFailure, SendOutcome, SendRetryable, SendSuccess } from "./outcome.ts";
export type { Load } from "./queue/delivery-queue.ts";
export { type Cancel, type Clock, type Random, systemClock, type Transport } from "./seams.ts";
export { isFolderOwned } from "./spool/adopt.ts";
export {
  createOwnFolder,
  FILE_MODE,
  isOwnFolderName,
  OWNER_FILE,
  type OwnFolder,
} from "./spool/own-folder.ts";
export { createUserKey, type UserKey, userHash } from "./users/user-hash.ts";
