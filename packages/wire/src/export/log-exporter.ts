import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import type { LogRecordExporter, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { Delivery } from "../delivery.ts";
import { createDeliveryExporter, type ExporterOptions } from "./delivery-exporter.ts";

/** For a `LogRecordProcessor` of the SDK; `createLogProcessor` loses less and needs no exporter. */
export function createLogExporter(
  delivery: Delivery,
  options: ExporterOptions = {},
): LogRecordExporter {
  return createDeliveryExporter<ReadableLogRecord[], ReadableLogRecord>(
    {
      delivery,
      signal: "logs",
      serialize: (records) => ProtobufLogsSerializer.serializeRequest(records),
      severityNumberOf: (record) => record.severityNumber ?? 0,
    },
    (records) => records,
    options,
  );
}
