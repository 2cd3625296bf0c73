import { type Fields, fieldOf, readTime, toFields } from "./read-fields.ts";

const TRACE_ID = /^(?!0{32})[\da-f]{32}$/i;
const SPAN_ID = /^(?!0{16})[\da-f]{16}$/i;

/** When an item happened, and in which trace. */
export interface Place {
  readonly timeMillis: number | undefined;
  readonly traceId?: string;
  readonly spanId?: string;
}

export function readPlace(item: Fields): Place {
  const timeMillis = readTime(fieldOf(item, "timestamp"));
  const trace = toFields(fieldOf(item, "trace"));
  const traceId = readTraceId(fieldOf(trace, "trace_id"));
  if (traceId === undefined) return { timeMillis };
  const spanId = readSpanId(fieldOf(trace, "span_id"));
  return spanId === undefined ? { timeMillis, traceId } : { timeMillis, traceId, spanId };
}

/** 32 hexadecimal digits in lower case, not all zero; else undefined. */
export function readTraceId(value: unknown): string | undefined {
  return typeof value === "string" && TRACE_ID.test(value) ? value.toLowerCase() : undefined;
}

/** 16 hexadecimal digits in lower case, not all zero; else undefined. */
export function readSpanId(value: unknown): string | undefined {
  return typeof value === "string" && SPAN_ID.test(value) ? value.toLowerCase() : undefined;
}
