import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { Signal } from "../batch.ts";

/** An OTLP export response, whichever encoding it came in. */
export type ExportResponse =
  | { readonly kind: "read"; readonly rejectedRecords: number; readonly message?: string }
  | { readonly kind: "unreadable" };

interface AnyPartialSuccess {
  readonly rejected?: unknown;
  readonly errorMessage?: unknown;
}

const READ_PROTOBUF: Record<Signal, (body: Uint8Array) => AnyPartialSuccess | undefined> = {
  logs(body) {
    const partial = ProtobufLogsSerializer.deserializeResponse(body).partialSuccess;
    return partial && { ...partial, rejected: partial.rejectedLogRecords };
  },
  metrics(body) {
    const partial = ProtobufMetricsSerializer.deserializeResponse(body).partialSuccess;
    return partial && { ...partial, rejected: partial.rejectedDataPoints };
  },
  traces(body) {
    const partial = ProtobufTraceSerializer.deserializeResponse(body).partialSuccess;
    return partial && { ...partial, rejected: partial.rejectedSpans };
  },
};

const JSON_FIELD: Record<Signal, string> = {
  logs: "rejectedLogRecords",
  metrics: "rejectedDataPoints",
  traces: "rejectedSpans",
};

function readJson(signal: Signal, body: Uint8Array): AnyPartialSuccess | undefined {
  // The transformer's JSON deserializers turn garbage into "nothing rejected"; here it must show.
  const response: unknown = JSON.parse(new TextDecoder().decode(body));
  if (typeof response !== "object" || response === null) throw new Error("not an object");
  const partial = (response as { partialSuccess?: Record<string, unknown> | null }).partialSuccess;
  if (!partial) return undefined;
  return { rejected: partial[JSON_FIELD[signal]], errorMessage: partial["errorMessage"] };
}

/**
 * Reads what the receiver says about records it refused. `body` is one whole response; an empty
 * one says that all was taken. JSON writes int64 as text, and real servers also as number.
 */
export function parseExportResponse(
  signal: Signal,
  contentType: string | undefined,
  body: Uint8Array,
): ExportResponse {
  if (body.length === 0) return { kind: "read", rejectedRecords: 0 };
  const isJson = contentType?.trim().toLowerCase().startsWith("application/json") === true;
  try {
    const partial = isJson ? readJson(signal, body) : READ_PROTOBUF[signal](body);
    const rejected = Number(partial?.rejected ?? 0);
    if (!Number.isSafeInteger(rejected) || rejected < 0) return { kind: "unreadable" };
    const message = partial?.errorMessage;
    return typeof message === "string" && message !== ""
      ? { kind: "read", rejectedRecords: rejected, message }
      : { kind: "read", rejectedRecords: rejected };
  } catch {
    return { kind: "unreadable" };
  }
}
