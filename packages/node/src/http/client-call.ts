import {
  type Attributes,
  context,
  defaultTextMapSetter,
  type Span,
  SpanKind,
  SpanStatusCode,
} from "@opentelemetry/api";
import { isTracingSuppressed, W3CTraceContextPropagator } from "@opentelemetry/core";
import { ATTRIBUTE, toKnownMethod, toSpanMethod } from "@sightline/core";
import { type CallFailure, classifyError } from "./client-error.ts";
import { type ClientMetrics, type ClientOutcome, outcomeAttributes } from "./client-metrics.ts";
import { beginSpan, type Tracing } from "./head-sampling.ts";
import type { OwnTraffic, RequestTarget } from "./own-traffic.ts";

export type ClientCallsOptions = {
  readonly tracing: Tracing | undefined;
  readonly metrics: ClientMetrics | undefined;
  readonly ownTraffic: OwnTraffic;
};

/** What both of Node's clients know of a request they are about to send. */
export type ClientTarget = RequestTarget & {
  readonly method: string | undefined;
  setHeader(name: string, value: string): void;
};

export type ClientCall = {
  /** Counts once; a second call changes nothing. */
  end(statusCode: number | undefined, failure?: CallFailure): void;
};

export type ClientCalls = { begin(target: ClientTarget): ClientCall | undefined };

/**
 * Measures, traces and propagates calls to other services; shared by `node:http` and `fetch`. A call
 * that a library repeats is one call each time: that is what the other side sees.
 */
export function createClientCalls({
  tracing,
  metrics,
  ownTraffic,
}: ClientCallsOptions): ClientCalls {
  const propagator = new W3CTraceContextPropagator();

  function beginTrace(target: ClientTarget, method: string, template: string | undefined) {
    if (tracing === undefined) return undefined;
    const name = toSpanMethod(method);
    const begun = beginSpan(
      tracing,
      template === undefined ? name : `${name} ${template}`,
      SpanKind.CLIENT,
      context.active(),
      () => spanAttributes(target, method, template),
    );
    const headers: Record<string, string> = {};
    propagator.inject(begun.context, headers, defaultTextMapSetter);
    for (const header of Object.keys(headers)) target.setHeader(header, headers[header] as string);
    return begun.span;
  }

  return {
    begin(target) {
      if (isTracingSuppressed(context.active()) || ownTraffic.includes(target)) return undefined;
      const startMillis = performance.now();
      const method = toKnownMethod(target.method);
      const template = metrics?.templateOf(target);
      const span = beginTrace(target, method, template);
      let isEnded = false;
      return {
        end(statusCode, failure) {
          if (isEnded) return;
          isEnded = true;
          const outcome = { statusCode, errorType: errorTypeOf(statusCode, failure) };
          const seconds = (performance.now() - startMillis) / 1000;
          if (template !== undefined)
            metrics?.record({ target, method, template }, outcome, seconds);
          if (span !== undefined) endSpan(span, outcome);
        },
      };
    },
  };
}

function errorTypeOf(
  statusCode: number | undefined,
  failure: CallFailure | undefined,
): string | undefined {
  if (failure !== undefined) return classifyError(failure);
  return statusCode !== undefined && statusCode >= 400 ? `${statusCode}` : undefined;
}

/** The query may hold tokens and names, so `url.full` goes without it. */
function spanAttributes(
  { scheme, host, port, path }: ClientTarget,
  method: string,
  template: string | undefined,
): Attributes {
  const isDefaultPort = port === (scheme === "https" ? 443 : 80);
  const authority = isDefaultPort ? host : `${host}:${port}`;
  return {
    [ATTRIBUTE.httpRequestMethod]: method,
    [ATTRIBUTE.serverAddress]: host.replace(/^\[|\]$/g, ""),
    [ATTRIBUTE.serverPort]: port,
    [ATTRIBUTE.urlFull]: `${scheme}://${authority}${path.split(/[?#]/, 1)[0] ?? ""}`,
    ...(template === undefined ? {} : { [ATTRIBUTE.urlTemplate]: template }),
  };
}

function endSpan(span: Span, outcome: ClientOutcome): void {
  span.setAttributes(outcomeAttributes(outcome));
  if (outcome.errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
