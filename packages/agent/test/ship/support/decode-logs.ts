import protobuf from "protobufjs";

/** The fields these tests read. Source: opentelemetry-proto 1.9. */
const SOURCE = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3;
  double double_value = 4; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message LogsRequest { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { repeated LogRecord log_records = 2; }
message LogRecord { fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3;
  AnyValue body = 5; repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10;
  fixed64 observed_time_unix_nano = 11; }
`;
const REQUEST = protobuf.parse(SOURCE).root.lookupType("LogsRequest");

type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface ReceivedLog {
  readonly resource: Attributes;
  /** Decimal digits: a number would round nanoseconds. */
  readonly timeUnixNanos: string;
  readonly observedUnixNanos: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: Attributes;
  readonly traceId: string;
  readonly spanId: string;
}

// The decoded tree is plain JSON whose shape SOURCE states; typing it twice would prove nothing.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Decoded = any;

export function decodeLogs(body: Uint8Array): ReceivedLog[] {
  const request: Decoded = REQUEST.toObject(REQUEST.decode(body), {
    longs: String,
    bytes: String,
    defaults: true,
    arrays: true,
    oneofs: true,
  });
  return request.resourceLogs.flatMap((resourceLogs: Decoded) =>
    resourceLogs.scopeLogs.flatMap((scope: Decoded) =>
      scope.logRecords.map((record: Decoded) => toLog(record, resourceLogs)),
    ),
  );
}

/** How many resources a request names. */
export function countResources(body: Uint8Array): number {
  return (REQUEST.decode(body) as Decoded).resourceLogs.length;
}

function toLog(record: Decoded, resourceLogs: Decoded): ReceivedLog {
  return {
    resource: toAttributes(resourceLogs.resource.attributes),
    timeUnixNanos: record.timeUnixNano,
    observedUnixNanos: record.observedTimeUnixNano,
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    body: record.body?.stringValue ?? "",
    attributes: toAttributes(record.attributes),
    traceId: toHex(record.traceId),
    spanId: toHex(record.spanId),
  };
}

function toAttributes(pairs: Decoded[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, toScalar(value)]));
}

function toScalar(value: Decoded): string | number | boolean {
  if (value.value === "intValue") return Number(value.intValue);
  return value[value.value];
}

function toHex(base64: string): string {
  return Buffer.from(base64, "base64").toString("hex");
}
