import type { AttributeValue } from "@sightline/core";
import { KNOWN_ATTRIBUTES, readAttribute } from "../faro/known-attributes.ts";
import { FARO_LIMITS } from "../faro/limits.ts";
import type { Masking } from "../faro/masking.ts";
import { type Fields, fieldOf, listOf, readLine, toFields } from "../faro/read-fields.ts";
import { readSpanId, readTraceId } from "../faro/read-place.ts";

/** A span of a page: what is known of it, and nothing else that it said. */
export interface PageSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: "internal" | "client";
  /** Unix nanoseconds by the page's clock. */
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly hasFailed: boolean;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

export interface ReadSpans {
  readonly spans: readonly PageSpan[];
  readonly malformed: number;
  readonly overLimit: number;
}

/** `SpanKind` and `StatusCode` of OTLP. */
const CLIENT = 3;
const STATUS_ERROR = 2;
const MAX_SPAN_NANOS = 3_600_000_000_000n;
const MAX_ATTRIBUTES = 64;

/** @param resourceSpans of OTLP/JSON, as it came. Its resources are not looked at: who speaks is known. */
export function readSpans(resourceSpans: readonly unknown[], masking: Masking): ReadSpans {
  const spans: PageSpan[] = [];
  let malformed = 0;
  let overLimit = 0;
  for (const value of eachSpan(resourceSpans)) {
    if (spans.length >= FARO_LIMITS.spans) {
      overLimit += 1;
      continue;
    }
    const span = readSpan(toFields(value), masking);
    if (span === undefined) malformed += 1;
    else spans.push(span);
  }
  return { spans, malformed, overLimit };
}

function* eachSpan(resourceSpans: readonly unknown[]): Generator<unknown> {
  for (const one of resourceSpans) {
    for (const scope of listOf(toFields(one), "scopeSpans") ?? []) {
      yield* listOf(toFields(scope), "spans") ?? [];
    }
  }
}

function readSpan(span: Fields | undefined, masking: Masking): PageSpan | undefined {
  const traceId = readTraceId(fieldOf(span, "traceId"));
  const spanId = readSpanId(fieldOf(span, "spanId"));
  const name = readLine(fieldOf(span, "name"), FARO_LIMITS.name, masking);
  const startNanos = readNanos(fieldOf(span, "startTimeUnixNano"));
  const endNanos = readNanos(fieldOf(span, "endTimeUnixNano"));
  if (traceId === undefined || spanId === undefined || name === undefined) return undefined;
  if (startNanos === undefined || endNanos === undefined) return undefined;
  if (endNanos < startNanos || endNanos - startNanos > MAX_SPAN_NANOS) return undefined;
  return {
    traceId,
    spanId,
    parentSpanId: readSpanId(fieldOf(span, "parentSpanId")),
    name,
    kind: fieldOf(span, "kind") === CLIENT ? "client" : "internal",
    startNanos,
    endNanos,
    hasFailed: fieldOf(toFields(fieldOf(span, "status")), "code") === STATUS_ERROR,
    attributes: readAttributes(listOf(span, "attributes") ?? [], masking),
  };
}

const NANOS_TEXT = /^\d{1,19}$/;
const TWO_32 = 2n ** 32n;

/** A text of digits, a number, or the two halves that some serializers write. */
function readNanos(value: unknown): bigint | undefined {
  if (typeof value === "string") return NANOS_TEXT.test(value) ? BigInt(value) : undefined;
  if (typeof value === "number") {
    return Number.isInteger(value) && value >= 0 && value < 1e19 ? BigInt(value) : undefined;
  }
  const halves = toFields(value);
  const high = fieldOf(halves, "high");
  const low = fieldOf(halves, "low");
  if (!isHalf(high) || !isHalf(low)) return undefined;
  return BigInt(high) * TWO_32 + BigInt(low);
}

function isHalf(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

function readAttributes(
  pairs: readonly unknown[],
  masking: Masking,
): ReadonlyMap<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const pair of pairs.slice(0, MAX_ATTRIBUTES)) {
    const fields = toFields(pair);
    const key = fieldOf(fields, "key");
    if (typeof key !== "string" || !KNOWN_ATTRIBUTES.has(key)) continue;
    const any = toFields(fieldOf(fields, "value"));
    const given =
      fieldOf(any, "stringValue") ?? fieldOf(any, "intValue") ?? fieldOf(any, "doubleValue");
    const value = readAttribute(key, given, masking);
    if (value !== undefined) attributes.set(key, value);
  }
  return attributes;
}
