import { createContextKey, type Span, type SpanContext, trace } from "@opentelemetry/api";
import { otherApiGlobals } from "./api-globals.ts";

/** Each copy of the API makes the same key, by `Symbol.for`. */
const SPAN_KEY = createContextKey("OpenTelemetry Context Key SPAN");

/**
 * The span that is active here, also where it was made through an older copy of `@opentelemetry/api`,
 * whose context our copy refuses to read.
 */
export function activeSpanContext(): SpanContext | undefined {
  const own = trace.getActiveSpan();
  if (own !== undefined) return own.spanContext();
  try {
    const span = otherApiGlobals()?.context?.active?.().getValue(SPAN_KEY) as Span | undefined;
    return span?.spanContext();
  } catch {
    // Of a shape that no copy up to now has.
    return undefined;
  }
}
