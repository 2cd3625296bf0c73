import type { TraceEvent } from "@grafana/faro-core";
import type { TraceContext } from "./trace-context.ts";

export interface Span {
  readonly context: TraceContext;
  readonly parentSpanId?: string;
  readonly name: string;
  /** `client`: a request; `internal`: what the user did. */
  readonly kind: "client" | "internal";
  /** Unix milliseconds. */
  readonly startMillis: number;
  readonly durationMillis: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly failed?: boolean;
}

/** OTLP/JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export function spanToOtlp(span: Span): TraceEvent {
  const attributes = Object.entries(span.attributes).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: value } : { stringValue: value },
  }));
  const spans = [
    {
      ...span.context,
      ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
      name: span.name,
      kind: span.kind === "client" ? 3 : 1,
      startTimeUnixNano: nanos(span.startMillis),
      endTimeUnixNano: nanos(span.startMillis + span.durationMillis),
      attributes,
      status: span.failed === true ? { code: 2 } : {},
    },
  ];
  const resourceSpans = [
    {
      resource: { attributes: [] },
      scopeSpans: [{ scope: { name: "@sightline/browser" }, spans }],
    },
  ];
  // Faro's type is that of one serializer and asks for fields that the protocol does not have.
  return { resourceSpans } as unknown as TraceEvent;
}

/** Text, since a double holds no nanoseconds of today; microseconds are exact. */
function nanos(millis: number): string {
  return `${Math.round(millis * 1000)}000`;
}
