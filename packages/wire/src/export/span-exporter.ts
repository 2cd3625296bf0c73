import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Delivery } from "../delivery.ts";
import { createDeliveryExporter, type ExporterOptions } from "./delivery-exporter.ts";

/** For the SDK's `BatchSpanProcessor`. */
export function createSpanExporter(
  delivery: Delivery,
  options: ExporterOptions = {},
): SpanExporter {
  return createDeliveryExporter<ReadableSpan[], ReadableSpan>(
    {
      delivery,
      signal: "traces",
      serialize: (spans) => ProtobufTraceSerializer.serializeRequest(spans),
      severityNumberOf: () => 0,
    },
    (spans) => spans,
    options,
  );
}
