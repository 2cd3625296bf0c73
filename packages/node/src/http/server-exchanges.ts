import type { IncomingHttpHeaders } from "node:http";
import {
  type Attributes,
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { ATTRIBUTE, toKnownMethod, toSpanMethod } from "@sightline/core";
import { announceEnd } from "../scope/observe-requests.ts";
import type { RequestScope } from "../scope/request-scope.ts";
import { readSessionId } from "../scope/session-id.ts";
import { type Exchange, type ExchangeEnd, errorTypeOf } from "./exchange.ts";
import { type BegunSpan, beginSpan, type Tracing } from "./head-sampling.ts";
import { enterRequest, leaveRequest } from "./in-flight.ts";
import type { ServerMetrics } from "./server-metrics.ts";

/** What is known of a request when its head has arrived; the same for HTTP/1 and HTTP/2. */
export type RequestHead = {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** With query, as received. */
  readonly url: string | undefined;
  readonly isSecure: boolean;
  readonly protocolVersion: string;
};

export type ServerExchangesOptions = {
  readonly tracing: Tracing | undefined;
  readonly metrics: ServerMetrics | undefined;
};

export type ServerExchanges = {
  begin(head: RequestHead): Exchange;
  /** Counts once; a second call for the same exchange changes nothing. */
  end(exchange: Exchange, end: ExchangeEnd): void;
};

/** Scope, metrics and trace of each request, whatever protocol and framework. */
export function createServerExchanges({
  tracing,
  metrics,
}: ServerExchangesOptions): ServerExchanges {
  const propagator = new W3CTraceContextPropagator();
  const owner = {};

  function beginTrace(head: RequestHead, method: string): BegunSpan | undefined {
    if (tracing === undefined) return undefined;
    const parent: Context =
      head.headers["traceparent"] === undefined
        ? ROOT_CONTEXT
        : propagator.extract(ROOT_CONTEXT, head.headers, defaultTextMapGetter);
    return beginSpan(tracing, toSpanMethod(method), SpanKind.SERVER, parent, () =>
      headAttributes(head, method),
    );
  }

  return {
    begin(head) {
      const method = toKnownMethod(head.method);
      const trace = beginTrace(head, method);
      const exchange: Exchange = {
        owner,
        startMillis: performance.now(),
        scope: createScope(head.headers),
        method,
        isSecure: head.isSecure,
        protocolVersion: head.protocolVersion,
        context: trace?.context,
        span: trace?.span,
        isEnded: false,
      };
      enterRequest();
      metrics?.begin(exchange);
      return exchange;
    },

    end(exchange, end) {
      if (exchange.isEnded) return;
      exchange.isEnded = true;
      leaveRequest();
      if (exchange.owner !== owner) return;
      const durationSeconds = (performance.now() - exchange.startMillis) / 1000;
      const { statusCode, isAborted } = end;
      if (statusCode !== undefined && statusCode >= 500) exchange.scope.hasFailed = true;
      metrics?.end(exchange, end, durationSeconds);
      if (exchange.span !== undefined) endSpan(exchange.span, exchange, end);
      announceEnd(exchange.scope, { statusCode, isAborted, durationSeconds });
    },
  };
}

function createScope(headers: IncomingHttpHeaders): RequestScope {
  const { baggage } = headers as { readonly baggage?: string | readonly string[] };
  if (baggage === undefined) return {};
  const sessionId = readSessionId(String(baggage));
  return sessionId === undefined ? {} : { sessionId };
}

function headAttributes(head: RequestHead, method: string): Attributes {
  return {
    [ATTRIBUTE.httpRequestMethod]: method,
    [ATTRIBUTE.urlScheme]: head.isSecure ? "https" : "http",
    // Without the query, which may hold anything.
    [ATTRIBUTE.urlPath]: (head.url ?? "/").split(/[?#]/, 1)[0] ?? "/",
    [ATTRIBUTE.networkProtocolVersion]: head.protocolVersion,
  };
}

function endSpan(span: Span, { method, scope }: Exchange, end: ExchangeEnd): void {
  const { statusCode, route } = end;
  const errorType = errorTypeOf(end);
  if (statusCode !== undefined) span.setAttribute(ATTRIBUTE.httpResponseStatusCode, statusCode);
  if (route !== undefined) {
    span.setAttribute(ATTRIBUTE.httpRoute, route);
    span.updateName(`${toSpanMethod(method)} ${route}`);
  }
  if (errorType !== undefined) {
    span.setAttribute(ATTRIBUTE.errorType, errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  if (scope.userHash !== undefined) span.setAttribute(ATTRIBUTE.userHash, scope.userHash);
  if (scope.sessionId !== undefined) span.setAttribute(ATTRIBUTE.sessionId, scope.sessionId);
  span.end();
}
