import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import {
  type Attributes,
  defaultTextMapGetter,
  type Histogram,
  type Meter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
  type UpDownCounter,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  ATTRIBUTE,
  HTTP_DURATION_BUCKETS_SECONDS,
  METRIC,
  toKnownMethod,
  toSpanMethod,
} from "@sightline/core";
import { listenToChannels } from "../listen-to-channels.ts";
import type { LabelCap } from "./label-cap.ts";
import { readRoute, watchExpressRoute } from "./route.ts";
import { createServerContext } from "./server-context.ts";

const STARTED = "http.server.request.start";
const FINISHED = "http.server.response.finish";
/** `error.type` of a request whose client left before the answer was complete. */
const ABORTED = "aborted";

export type HttpServerOptions = {
  readonly tracer: Tracer | undefined;
  readonly meter: Meter;
  readonly routes: LabelCap;
};

type Exchange = {
  readonly startMillis: number;
  readonly span: Span | undefined;
  /** Known from the start, and the key under which the active request was counted. */
  readonly attributes: Attributes;
  readonly protocolVersion: string;
};

type StartedMessage = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
};

/**
 * Measures and traces every request that a `node:http` or `node:https` server of this process gets,
 * whatever the framework, by Node's diagnostics channels. Returns a function that stops it.
 */
export function instrumentHttpServer(options: HttpServerOptions): () => void {
  const recorder = createRecorder(options);
  const serverContext = createServerContext();
  const exchanges = new WeakMap<IncomingMessage, Exchange>();

  function finish(request: IncomingMessage, response: ServerResponse, isAborted: boolean): void {
    const exchange = exchanges.get(request);
    if (exchange === undefined) return;
    exchanges.delete(request);
    recorder.end(exchange, request, response, isAborted);
  }

  const onStarted = (message: unknown): void => {
    const { request, response, server } = message as StartedMessage;
    const exchange = recorder.begin(request);
    exchanges.set(request, exchange);
    watchExpressRoute(request);
    if (exchange.span !== undefined) {
      const requestContext = trace.setSpan(ROOT_CONTEXT, exchange.span);
      serverContext.carry({ server, request, response, requestContext });
    }
    response.once("close", () => finish(request, response, true));
  };
  const onFinished = (message: unknown): void => {
    const { request, response } = message as StartedMessage;
    finish(request, response, false);
  };

  return listenToChannels({ [STARTED]: onStarted, [FINISHED]: onFinished });
}

function createRecorder({ tracer, meter, routes }: HttpServerOptions) {
  const propagator = new W3CTraceContextPropagator();
  const duration: Histogram = meter.createHistogram(METRIC.httpServerRequestDuration, {
    description: "Duration of HTTP server requests.",
    unit: "s",
    advice: { explicitBucketBoundaries: [...HTTP_DURATION_BUCKETS_SECONDS] },
  });
  const active: UpDownCounter = meter.createUpDownCounter(METRIC.httpServerActiveRequests, {
    description: "Requests that are being answered now.",
    unit: "{request}",
  });

  return {
    begin(request: IncomingMessage): Exchange {
      const attributes: Attributes = {
        [ATTRIBUTE.httpRequestMethod]: toKnownMethod(request.method),
        [ATTRIBUTE.urlScheme]: (request.socket as TLSSocket).encrypted ? "https" : "http",
      };
      active.add(1, attributes);
      const parent = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
      const span = tracer?.startSpan(
        toSpanMethod(String(attributes[ATTRIBUTE.httpRequestMethod])),
        {
          kind: SpanKind.SERVER,
          // Without the query, which may hold anything.
          attributes: { ...attributes, [ATTRIBUTE.urlPath]: pathOf(request.url) },
        },
        parent,
      );
      return {
        startMillis: performance.now(),
        span,
        attributes,
        protocolVersion: request.httpVersion,
      };
    },

    end(
      exchange: Exchange,
      request: IncomingMessage,
      response: ServerResponse,
      isAborted: boolean,
    ): void {
      const seconds = (performance.now() - exchange.startMillis) / 1000;
      active.add(-1, exchange.attributes);
      const route = readRoute(request);
      const outcome = outcomeAttributes(response, isAborted);
      duration.record(seconds, {
        ...exchange.attributes,
        ...outcome,
        [ATTRIBUTE.networkProtocolVersion]: exchange.protocolVersion,
        ...(route === undefined ? {} : { [ATTRIBUTE.httpRoute]: routes.fit(route) }),
      });
      if (exchange.span !== undefined) endSpan(exchange.span, exchange, outcome, route);
    },
  };
}

function outcomeAttributes(response: ServerResponse, isAborted: boolean): Attributes {
  const attributes: Attributes = {};
  const isAnswered = !isAborted || response.headersSent;
  if (isAnswered) attributes[ATTRIBUTE.httpResponseStatusCode] = response.statusCode;
  if (isAborted) attributes[ATTRIBUTE.errorType] = ABORTED;
  else if (response.statusCode >= 500) attributes[ATTRIBUTE.errorType] = `${response.statusCode}`;
  return attributes;
}

function endSpan(
  span: Span,
  exchange: Exchange,
  outcome: Attributes,
  route: string | undefined,
): void {
  span.setAttributes({
    ...outcome,
    [ATTRIBUTE.networkProtocolVersion]: exchange.protocolVersion,
  });
  if (route !== undefined) {
    span.setAttribute(ATTRIBUTE.httpRoute, route);
    const method = toSpanMethod(String(exchange.attributes[ATTRIBUTE.httpRequestMethod]));
    span.updateName(`${method} ${route}`);
  }
  if (outcome[ATTRIBUTE.errorType] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function pathOf(url: string | undefined): string {
  return (url ?? "/").split(/[?#]/, 1)[0] ?? "/";
}
