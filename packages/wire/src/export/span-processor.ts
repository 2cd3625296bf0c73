import { TraceFlags } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Delivery } from "../delivery.ts";
import {
  type BatcherOptions,
  createRecordBatcher,
  type RecordBatcher,
  type RecordKind,
} from "./record-batcher.ts";
import { estimateRecordBytes } from "./record-size.ts";

export interface WireSpanProcessor
  extends SpanProcessor,
    Pick<RecordBatcher<ReadableSpan>, "handOver" | "queuedRecords" | "queuedBytes"> {}

/** In place of the SDK's `BatchSpanProcessor`: see {@link createRecordBatcher}. */
export function createSpanProcessor(
  delivery: Delivery,
  options: BatcherOptions = {},
): WireSpanProcessor {
  const batcher = createRecordBatcher(delivery, TRACES, options);
  return {
    onStart: () => undefined,
    onEnd(span) {
      const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
      if (isSampled) batcher.push(span);
    },
    forceFlush: () => batcher.flush(),
    shutdown: batcher.shutdown,
    handOver: batcher.handOver,
    queuedRecords: batcher.queuedRecords,
    queuedBytes: batcher.queuedBytes,
  };
}

const TRACES: RecordKind<ReadableSpan> = {
  signal: "traces",
  serialize: (spans) => ProtobufTraceSerializer.serializeRequest(spans),
  severityNumberOf: () => 0,
  rankOf: () => 0,
  estimateBytes: (span) => estimateRecordBytes(span.name, span.attributes, span.events),
  resourceOf: (span) => span.resource,
};
