import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { ATTRIBUTE, KINDS, type Kind } from "@sightline/core";
import type { LineRecord } from "@sightline/wire";
import type { CapturedPoint, CapturedRecord, CapturedSpan } from "./captured.ts";

export function toCapturedRecord(record: LineRecord): CapturedRecord {
  const { [ATTRIBUTE.kind]: kind, ...attributes } = record.attributes;
  return {
    kind: isKind(kind) ? kind : "log",
    level: record.severityText,
    severityNumber: record.severityNumber,
    message: record.body,
    attributes,
    timeUnixMillis: record.timeUnixMillis,
    traceId: record.traceId,
    spanId: record.spanId,
  };
}

function isKind(value: unknown): value is Kind {
  return (KINDS as readonly unknown[]).includes(value);
}

const SPAN_KINDS: Readonly<Record<SpanKind, CapturedSpan["kind"]>> = {
  [SpanKind.INTERNAL]: "internal",
  [SpanKind.SERVER]: "server",
  [SpanKind.CLIENT]: "client",
  [SpanKind.PRODUCER]: "producer",
  [SpanKind.CONSUMER]: "consumer",
};

export function toCapturedSpan(span: ReadableSpan): CapturedSpan {
  const { traceId, spanId } = span.spanContext();
  const [seconds, nanos] = span.duration;
  return {
    name: span.name,
    kind: SPAN_KINDS[span.kind],
    attributes: span.attributes,
    hasFailed: span.status.code === SpanStatusCode.ERROR,
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    durationMillis: seconds * 1_000 + nanos / 1e6,
  };
}

export function toCapturedPoints({ scopeMetrics }: ResourceMetrics): CapturedPoint[] {
  return scopeMetrics.flatMap(({ metrics }) =>
    metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({
        name: descriptor.name,
        unit: descriptor.unit,
        attributes,
        ...(typeof value === "number" ? { value } : { value: value.count, sum: value.sum }),
      })),
    ),
  );
}
