import { type Attributes as SpanAttributes, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Attributes } from "@sightline/core";
import { judgeTime } from "../records/storable.ts";
import type { PageSpan } from "./read-spans.ts";

export interface SpanContext {
  /** Attributes of the resource: the app's, never the page's. */
  readonly resource: Attributes;
  /** Attributes of every span. */
  readonly attributes: Attributes;
  readonly skewMillis: number;
  readonly nowMillis: number;
}

export interface EncodedSpans {
  /** An `ExportTraceServiceRequest`; empty where there is no span. */
  readonly request: Uint8Array;
  readonly spans: number;
  readonly tooOld: number;
  readonly tooFarInFuture: number;
}

const NANOS_PER_MILLI = 1_000_000n;
const NANOS_PER_SECOND = 1_000_000_000n;
const NOTHING = new Uint8Array(0);
const SCOPE = { name: "@sightline/browser" };

/** Spans rebuilt under the app's own resource. */
export function encodeSpans(spans: readonly PageSpan[], context: SpanContext): EncodedSpans {
  const kept: PageSpan[] = [];
  let tooOld = 0;
  let tooFarInFuture = 0;
  for (const span of spans) {
    const millis = Number(span.endNanos / NANOS_PER_MILLI) + context.skewMillis;
    const judgement = judgeTime(millis, context.nowMillis);
    if (judgement === "storable") kept.push(span);
    else if (judgement === "too_old") tooOld += 1;
    else tooFarInFuture += 1;
  }
  if (kept.length === 0) return { request: NOTHING, spans: 0, tooOld, tooFarInFuture };
  const resource = resourceFromAttributes({ ...context.resource });
  const readable = kept.map((span) => toReadable(span, resource, context));
  const request = ProtobufTraceSerializer.serializeRequest(readable) ?? NOTHING;
  return { request, spans: kept.length, tooOld, tooFarInFuture };
}

function toReadable(span: PageSpan, resource: Resource, context: SpanContext): ReadableSpan {
  const skewNanos = BigInt(context.skewMillis) * NANOS_PER_MILLI;
  const { traceId, spanId, parentSpanId } = span;
  const attributes: SpanAttributes = {
    ...context.attributes,
    ...Object.fromEntries(span.attributes),
  };
  return {
    name: span.name,
    kind: span.kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    ...(parentSpanId === undefined
      ? {}
      : { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: 1 } }),
    startTime: toHrTime(span.startNanos + skewNanos),
    endTime: toHrTime(span.endNanos + skewNanos),
    duration: toHrTime(span.endNanos - span.startNanos),
    status: { code: span.hasFailed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function toHrTime(nanos: bigint): [number, number] {
  return [Number(nanos / NANOS_PER_SECOND), Number(nanos % NANOS_PER_SECOND)];
}
