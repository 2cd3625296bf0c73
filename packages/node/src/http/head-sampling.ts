import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Span,
  type SpanContext,
  type SpanKind,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { type Sampler, SamplingDecision } from "@opentelemetry/sdk-trace";
import type { TraceIds } from "./trace-ids.ts";

/** What it takes to make spans; the sampler and the ids are those of the tracer's provider. */
export type Tracing = {
  readonly tracer: Tracer;
  readonly sampler: Sampler;
  readonly ids: TraceIds;
};

export type BegunSpan = {
  /** The one to record into; undefined when this trace is not kept. */
  readonly span: Span | undefined;
  /** With the span, or with what stands for it: its ids go into lines and to other services. */
  readonly context: Context;
};

/**
 * Begins a span, and decides first whether it is kept: of ten requests nine are not, and these must
 * not pay for attributes that nobody reads.
 *
 * @param describe called only for a span that is kept.
 */
export function beginSpan(
  { tracer, sampler, ids }: Tracing,
  name: string,
  kind: SpanKind,
  parent: Context,
  describe: () => Attributes,
): BegunSpan {
  const parentSpan = trace.getSpanContext(parent);
  const known = parentSpan !== undefined && isSpanContextValid(parentSpan) ? parentSpan : undefined;
  const traceId = known?.traceId ?? ids.generateTraceId();
  const { decision, traceState } = sampler.shouldSample(parent, traceId, name, kind, NONE, []);
  if (decision === SamplingDecision.NOT_RECORD) {
    const state = traceState ?? known?.traceState;
    const stand: SpanContext = {
      traceId,
      spanId: ids.generateSpanId(),
      traceFlags: TraceFlags.NONE,
      ...(state === undefined ? {} : { traceState: state }),
    };
    return { span: undefined, context: trace.setSpan(parent, trace.wrapSpanContext(stand)) };
  }
  if (known === undefined) ids.reserve(traceId);
  const span = tracer.startSpan(name, { kind, attributes: describe() }, parent);
  return { span, context: trace.setSpan(parent, span) };
}

const NONE: Attributes = {};
