import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { ATTRIBUTE } from "@sightline/core";
import { databaseSink } from "./database-sink.ts";
import { DatabaseSpan } from "./database-span.ts";

/** Instead of a statement: an operation that is measured already. */
export const SENT_AGAIN = "sightline: sent again";

/**
 * Stands between the instrumentations of OpenTelemetry and our tracer, so that one rule holds for
 * all of them: each operation is measured, a span is made only below another one (a poller would
 * else make a trace per poll), and no value of a statement gets into it.
 */
export const databaseTracerProvider: TracerProvider = { getTracer: () => databaseTracer };

const databaseTracer: Tracer = {
  startSpan,
  startActiveSpan(...args: unknown[]): never {
    // No instrumentation in use calls this; the type wants it.
    throw new TypeError(`startActiveSpan is not supported here, got ${args.length} arguments`);
  },
};

function startSpan(name: string, options: SpanOptions = {}, parent?: Context): Span {
  const active = parent ?? context.active();
  const upstream = trace.getSpanContext(active);
  const sink = databaseSink();
  const passedOn = trace.wrapSpanContext(upstream ?? INVALID_SPAN_CONTEXT);
  if (sink === undefined) return passedOn;
  const { [ATTRIBUTE.dbQueryText]: statement, ...attributes } = options.attributes ?? {};
  if (statement === SENT_AGAIN) return passedOn;
  const span =
    sink.tracer !== undefined && upstream !== undefined && isSpanContextValid(upstream)
      ? sink.tracer.startSpan(name, { ...options, attributes }, active)
      : passedOn;
  const measured = new DatabaseSpan({ sink, span, attributes, name });
  if (statement !== undefined) measured.noteStatement(statement);
  return measured;
}
