import {
  type Attributes,
  context,
  defaultTextMapSetter,
  type Histogram,
  type Meter,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { isTracingSuppressed, W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  ATTRIBUTE,
  HTTP_DURATION_BUCKETS_SECONDS,
  METRIC,
  toKnownMethod,
  toSpanMethod,
} from "@sightline/core";
import { type LabelCap, OTHER_LABEL } from "./label-cap.ts";
import type { OwnTraffic } from "./own-traffic.ts";

export type HttpClientOptions = {
  readonly tracer: Tracer | undefined;
  readonly meter: Meter;
  readonly peers: LabelCap;
  readonly ownTraffic: OwnTraffic;
};

/** What both of Node's clients know of a request they are about to send. */
type ClientTarget = {
  readonly method: string | undefined;
  /** With scheme, host and port; what `URL.origin` gives. */
  readonly origin: string;
  /** Path with query, as sent. */
  readonly path: string;
  setHeader(name: string, value: string): void;
};

export type ClientCall = {
  end(outcome: { readonly statusCode?: number | undefined; readonly error?: unknown }): void;
};

export type ClientCalls = { begin(target: ClientTarget): ClientCall | undefined };

/** Measures, traces and propagates calls to other services; shared by `node:http` and `fetch`. */
export function createClientCalls(options: HttpClientOptions): ClientCalls {
  const { tracer, peers, ownTraffic } = options;
  const propagator = new W3CTraceContextPropagator();
  const duration: Histogram = options.meter.createHistogram(METRIC.httpClientRequestDuration, {
    description: "Duration of HTTP client requests.",
    unit: "s",
    advice: { explicitBucketBoundaries: [...HTTP_DURATION_BUCKETS_SECONDS] },
  });

  return {
    begin(target) {
      const active = context.active();
      if (isTracingSuppressed(active)) return undefined;
      if (!URL.canParse(target.origin)) return undefined;
      const url = new URL(target.origin);
      if (ownTraffic.includes(url.origin, target.path)) return undefined;
      const startMillis = performance.now();
      const method = toKnownMethod(target.method);
      const span = tracer?.startSpan(
        toSpanMethod(method),
        { kind: SpanKind.CLIENT, attributes: spanAttributes(method, url, target.path) },
        active,
      );
      if (span !== undefined) {
        const headers: Record<string, string> = {};
        propagator.inject(trace.setSpan(active, span), headers, defaultTextMapSetter);
        for (const [name, value] of Object.entries(headers)) target.setHeader(name, value);
      }
      return createCall((outcome) => {
        const seconds = (performance.now() - startMillis) / 1000;
        duration.record(seconds, { ...metricAttributes(method, url, peers), ...outcome });
        if (span !== undefined) endSpan(span, outcome);
      });
    },
  };
}

function createCall(onEnd: (outcome: Attributes) => void): ClientCall {
  let isEnded = false;
  return {
    end({ statusCode, error }) {
      if (isEnded) return;
      isEnded = true;
      const outcome: Attributes = {};
      if (statusCode !== undefined) outcome[ATTRIBUTE.httpResponseStatusCode] = statusCode;
      if (error !== undefined) outcome[ATTRIBUTE.errorType] = errorType(error);
      else if (statusCode !== undefined && statusCode >= 400) {
        outcome[ATTRIBUTE.errorType] = `${statusCode}`;
      }
      onEnd(outcome);
    },
  };
}

/** A system or undici code (`ECONNREFUSED`) says most; both lists are short and fixed. */
function errorType(error: unknown): string {
  if (typeof error === "string") return error;
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return code;
  return typeof name === "string" && name !== "" ? name.slice(0, 64) : "Error";
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === "https:" ? 443 : 80);
}

/** The query may hold tokens and names, so `url.full` goes without it. */
function spanAttributes(method: string, url: URL, path: string): Attributes {
  return {
    [ATTRIBUTE.httpRequestMethod]: method,
    [ATTRIBUTE.serverAddress]: url.hostname,
    [ATTRIBUTE.serverPort]: portOf(url),
    [ATTRIBUTE.urlFull]: `${url.origin}${path.split(/[?#]/, 1)[0] ?? ""}`,
  };
}

function metricAttributes(method: string, url: URL, peers: LabelCap): Attributes {
  const common = {
    [ATTRIBUTE.httpRequestMethod]: method,
    [ATTRIBUTE.urlScheme]: url.protocol.replace(":", ""),
  };
  if (peers.fit(`${url.hostname}:${portOf(url)}`) === OTHER_LABEL) {
    return { ...common, [ATTRIBUTE.serverAddress]: OTHER_LABEL };
  }
  return {
    ...common,
    [ATTRIBUTE.serverAddress]: url.hostname,
    [ATTRIBUTE.serverPort]: portOf(url),
  };
}

function endSpan(span: Span, outcome: Attributes): void {
  span.setAttributes(outcome);
  if (outcome[ATTRIBUTE.errorType] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
