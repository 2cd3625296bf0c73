import protobuf from "protobufjs";

/** The fields these tests read; others are skipped. Source: opentelemetry-proto 1.9. */
const SOURCE = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3;
  double double_value = 4; ArrayValue array_value = 5; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }

message LogsRequest { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { repeated LogRecord log_records = 2; }
message LogRecord { fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3;
  AnyValue body = 5; repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10;
  fixed64 observed_time_unix_nano = 11; }

message TracesRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ScopeSpans { repeated Span spans = 2; }
message Status { int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; repeated KeyValue attributes = 9; Status status = 15; }

message MetricsRequest { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message ScopeMetrics { repeated Metric metrics = 2; }
message Metric { string name = 1; string unit = 3; Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; }
message Gauge { repeated NumberPoint data_points = 1; }
message Sum { repeated NumberPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Histogram { repeated HistogramPoint data_points = 1; int32 aggregation_temporality = 2; }
message NumberPoint { oneof value { double as_double = 4; sfixed64 as_int = 6; } repeated KeyValue attributes = 7; }
message HistogramPoint { fixed64 count = 4; optional double sum = 5; repeated fixed64 bucket_counts = 6;
  repeated double explicit_bounds = 7; repeated KeyValue attributes = 9; }
`;

const { root } = protobuf.parse(SOURCE);

type Scalar = string | number | boolean;
type Attributes = Readonly<Record<string, Scalar>>;

export type ReceivedLog = {
  readonly resource: Attributes;
  readonly timeUnixMillis: number;
  /** As near as a double gets, a quarter of a microsecond. */
  readonly timeUnixNanos: number;
  readonly observedUnixMillis: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: Attributes;
  readonly traceId: string;
  readonly spanId: string;
};
export type ReceivedSpan = {
  readonly resource: Attributes;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Attributes;
  readonly isError: boolean;
};
export type ReceivedPoint = {
  readonly resource: Attributes;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly count: number;
  readonly bounds: readonly number[];
  readonly attributes: Attributes;
};

// The decoded tree is plain JSON whose shape SOURCE states; typing it twice would prove nothing.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Decoded = any;

function decode(type: string, body: Buffer): Decoded {
  const message = root.lookupType(type);
  return message.toObject(message.decode(body), {
    longs: Number,
    bytes: String,
    defaults: true,
    arrays: true,
    oneofs: true,
  });
}

function toAttributes(pairs: Decoded[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value[camel(value.value)]]));
}

function camel(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function hex(base64: string): string {
  return Buffer.from(base64, "base64").toString("hex");
}

export function decodeLogs(body: Buffer): ReceivedLog[] {
  return decode("LogsRequest", body).resourceLogs.flatMap((resourceLogs: Decoded) =>
    resourceLogs.scopeLogs.flatMap((scope: Decoded) =>
      scope.logRecords.map((record: Decoded) => ({
        resource: toAttributes(resourceLogs.resource.attributes),
        timeUnixMillis: Math.round(record.timeUnixNano / 1e6),
        timeUnixNanos: Number(record.timeUnixNano),
        observedUnixMillis: Math.round(record.observedTimeUnixNano / 1e6),
        severityNumber: record.severityNumber,
        severityText: record.severityText,
        body: record.body?.stringValue ?? "",
        attributes: toAttributes(record.attributes),
        traceId: hex(record.traceId),
        spanId: hex(record.spanId),
      })),
    ),
  );
}

export function decodeSpans(body: Buffer): ReceivedSpan[] {
  return decode("TracesRequest", body).resourceSpans.flatMap((resourceSpans: Decoded) =>
    resourceSpans.scopeSpans.flatMap((scope: Decoded) =>
      scope.spans.map((span: Decoded) => ({
        resource: toAttributes(resourceSpans.resource.attributes),
        name: span.name,
        kind: span.kind,
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: hex(span.parentSpanId),
        attributes: toAttributes(span.attributes),
        isError: span.status?.code === 2,
      })),
    ),
  );
}

export function decodePoints(body: Buffer): ReceivedPoint[] {
  return decode("MetricsRequest", body).resourceMetrics.flatMap((resourceMetrics: Decoded) =>
    resourceMetrics.scopeMetrics.flatMap((scope: Decoded) =>
      scope.metrics.flatMap((metric: Decoded) =>
        toPoints(metric, toAttributes(resourceMetrics.resource.attributes)),
      ),
    ),
  );
}

function toPoints(metric: Decoded, resource: Attributes): ReceivedPoint[] {
  const data = metric.histogram ?? metric.sum ?? metric.gauge;
  return (data?.dataPoints ?? []).map((point: Decoded) => ({
    resource,
    metric: metric.name,
    unit: metric.unit,
    value: metric.histogram ? point.sum : point[camel(point.value)],
    count: metric.histogram ? point.count : 1,
    bounds: point.explicitBounds ?? [],
    attributes: toAttributes(point.attributes),
  }));
}
