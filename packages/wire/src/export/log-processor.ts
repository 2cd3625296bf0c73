import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import type { LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { SEVERITY } from "@sightline/core";
import type { Delivery } from "../delivery.ts";
import {
  type BatcherOptions,
  createRecordBatcher,
  type RecordBatcher,
  type RecordKind,
} from "./record-batcher.ts";
import { estimateRecordBytes } from "./record-size.ts";

export interface LogProcessor
  extends LogRecordProcessor,
    Pick<RecordBatcher<ReadableLogRecord>, "handOver" | "queuedRecords" | "queuedBytes"> {}

/** In place of the SDK's `BatchLogRecordProcessor`: see {@link createRecordBatcher}. */
export function createLogProcessor(delivery: Delivery, options: BatcherOptions = {}): LogProcessor {
  const batcher = createRecordBatcher(delivery, LOGS, options);
  return {
    onEmit: (record) => batcher.push(record),
    forceFlush: (flushOptions) => batcher.flush(flushOptions?.timeoutMillis),
    shutdown: batcher.shutdown,
    handOver: batcher.handOver,
    queuedRecords: batcher.queuedRecords,
    queuedBytes: batcher.queuedBytes,
  };
}

const LOGS: RecordKind<ReadableLogRecord> = {
  signal: "logs",
  serialize: (records) => ProtobufLogsSerializer.serializeRequest(records),
  severityNumberOf: (record) => record.severityNumber ?? 0,
  rankOf: (record) => record.severityNumber || SEVERITY.INFO,
  estimateBytes: (record) => estimateRecordBytes(record.body, record.attributes),
  resourceOf: (record) => record.resource,
};
