import type { Attributes, Meter } from "@opentelemetry/api";
import { ATTRIBUTE, HTTP_DURATION_BUCKETS_SECONDS, METRIC } from "@sightline/core";
import {
  createDurationHistogram,
  type DurationHistogram,
  type DurationSeries,
} from "../metrics/duration-histogram.ts";
import type { ValueCap } from "../metrics/value-cap.ts";
import { type Exchange, type ExchangeEnd, errorTypeOf } from "./exchange.ts";

export type ServerMetrics = {
  readonly duration: DurationHistogram;
  begin(exchange: Exchange): void;
  end(exchange: Exchange, end: ExchangeEnd, seconds: number): void;
};

export type ServerMetricsOptions = {
  readonly meter: Meter;
  readonly routes: ValueCap;
  readonly nowMillis: () => number;
};

type Active = { readonly attributes: Attributes; count: number };
type RouteSeries = Map<string, DurationSeries>;

/** `http.server.request.duration` and `http.server.active_requests`, by the semantic conventions. */
export function createServerMetrics({
  meter,
  routes,
  nowMillis,
}: ServerMetricsOptions): ServerMetrics {
  const duration = createDurationHistogram({
    name: METRIC.httpServerRequestDuration,
    description: "Duration of HTTP server requests.",
    bounds: HTTP_DURATION_BUCKETS_SECONDS,
    nowMillis,
  });
  const active = new Map<string, Active>();
  // By route first: what is left of the key is then short and mostly the same.
  const series = new Map<string | undefined, RouteSeries>();

  meter
    .createObservableUpDownCounter(METRIC.httpServerActiveRequests, {
      description: "Requests that are being answered now.",
      unit: "{request}",
    })
    .addCallback((result) => {
      for (const { count, attributes } of active.values()) result.observe(count, attributes);
    });

  function activeOf({ method, isSecure }: Exchange): Active {
    const key = isSecure ? `${method} ` : method;
    const known = active.get(key);
    if (known !== undefined) return known;
    const made = { attributes: headAttributes(method, isSecure), count: 0 };
    active.set(key, made);
    return made;
  }

  function routeSeries(route: string | undefined): RouteSeries {
    const known = series.get(route);
    if (known !== undefined) return known;
    const fitted = route === undefined ? undefined : routes.fit(route);
    const shared = series.get(fitted) ?? new Map<string, DurationSeries>();
    series.set(fitted, shared);
    return shared;
  }

  return {
    duration,
    begin(exchange) {
      activeOf(exchange).count += 1;
    },
    end(exchange, end, seconds) {
      activeOf(exchange).count -= 1;
      const ofRoute = routeSeries(end.route);
      const key = seriesKey(exchange, end);
      let found = ofRoute.get(key);
      if (found === undefined) {
        found = duration.series(seriesAttributes(exchange, end, routes));
        ofRoute.set(key, found);
      }
      found.record(seconds);
    },
  };
}

function seriesKey(
  { method, isSecure, protocolVersion }: Exchange,
  { statusCode, isAborted }: ExchangeEnd,
): string {
  return `${statusCode}${isAborted ? "a" : ""}${isSecure ? "s" : ""}${protocolVersion}${method}`;
}

function headAttributes(method: string, isSecure: boolean): Attributes {
  return {
    [ATTRIBUTE.httpRequestMethod]: method,
    [ATTRIBUTE.urlScheme]: isSecure ? "https" : "http",
  };
}

function seriesAttributes(exchange: Exchange, end: ExchangeEnd, routes: ValueCap): Attributes {
  const { statusCode, route } = end;
  const errorType = errorTypeOf(end);
  return {
    ...headAttributes(exchange.method, exchange.isSecure),
    ...(statusCode === undefined ? {} : { [ATTRIBUTE.httpResponseStatusCode]: statusCode }),
    ...(errorType === undefined ? {} : { [ATTRIBUTE.errorType]: errorType }),
    [ATTRIBUTE.networkProtocolVersion]: exchange.protocolVersion,
    ...(route === undefined ? {} : { [ATTRIBUTE.httpRoute]: routes.fit(route) }),
  };
}
