import type { Attributes, AttributeValue } from "@opentelemetry/api";
import type { Kind } from "@sightline/core";
import type { CapturedPoint, CapturedRecord, CapturedSpan } from "./captured.ts";

/** A text is compared whole, a regular expression is searched for. */
export type TextMatch = string | RegExp;

/** What is left out matches everything; attributes may have others beside those named. */
export type RecordMatch = {
  /** Default `log`. */
  readonly kind?: Kind;
  readonly level?: string;
  readonly message?: TextMatch;
  readonly attributes?: AttributeMatch;
  readonly traceId?: string;
};

export type SpanMatch = {
  readonly name?: TextMatch;
  readonly kind?: CapturedSpan["kind"];
  readonly attributes?: AttributeMatch;
  readonly hasFailed?: boolean;
  readonly traceId?: string;
};

export type PointMatch = {
  readonly name: string;
  readonly attributes?: AttributeMatch;
  readonly value?: number;
};

export type AttributeMatch = Readonly<Record<string, AttributeValue | RegExp>>;

export function matchesRecord(record: CapturedRecord, match: RecordMatch): boolean {
  return (
    record.kind === (match.kind ?? "log") &&
    isEqualOrUnasked(record.level, match.level) &&
    isEqualOrUnasked(record.traceId, match.traceId) &&
    matchesText(record.message, match.message) &&
    matchesAttributes(record.attributes, match.attributes)
  );
}

export function matchesSpan(span: CapturedSpan, match: SpanMatch): boolean {
  return (
    matchesText(span.name, match.name) &&
    isEqualOrUnasked(span.kind, match.kind) &&
    isEqualOrUnasked(span.hasFailed, match.hasFailed) &&
    isEqualOrUnasked(span.traceId, match.traceId) &&
    matchesAttributes(span.attributes, match.attributes)
  );
}

export function matchesPoint(point: CapturedPoint, match: PointMatch): boolean {
  return (
    point.name === match.name &&
    isEqualOrUnasked(point.value, match.value) &&
    matchesAttributes(point.attributes, match.attributes)
  );
}

function isEqualOrUnasked<T>(actual: T, asked: T | undefined): boolean {
  return asked === undefined || actual === asked;
}

function matchesText(actual: string, asked: TextMatch | undefined): boolean {
  if (asked === undefined) return true;
  // A pattern with the `g` flag remembers where it stopped: search() does not.
  return typeof asked === "string" ? actual === asked : actual.search(asked) >= 0;
}

function matchesAttributes(actual: Attributes, asked: AttributeMatch = {}): boolean {
  return Object.entries(asked).every(([name, value]) => {
    const found = Object.hasOwn(actual, name) ? actual[name] : undefined;
    if (value instanceof RegExp) return found !== undefined && matchesText(String(found), value);
    return Array.isArray(value) ? JSON.stringify(found) === JSON.stringify(value) : found === value;
  });
}
