import { HTTP_DURATION_BUCKETS_SECONDS, PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { SloSpec } from "../../spec/schema/slos.ts";
import { labelMatcher } from "../alerts/label-names.ts";
import type { Source } from "../model.ts";
import { gained, seriesOf, sumBy } from "../pack/promql.ts";
import { asLineQuery, asSelector } from "./read-queries.ts";

/** What is counted: bad and all events a second, over the last five minutes. */
export interface Indicator {
  readonly source: Source;
  readonly bad: string;
  readonly total: string;
  readonly by: readonly string[];
  /** In messages: "requests", "lines", "events". */
  readonly events: string;
}

export type IndicatorResult =
  | { readonly status: "ok"; readonly indicator: Indicator }
  | {
      readonly status: "invalid";
      readonly faults: readonly {
        readonly path: readonly string[];
        readonly message: string;
        readonly advice?: string;
      }[];
    };

const { deploymentEnvironmentName, httpResponseStatusCode, serviceName } = PROMETHEUS_LABEL;
/** Failures of a test environment must not burn the budget of production. */
const BY_ENVIRONMENT = [deploymentEnvironmentName];
const WINDOW = "5m";
const WINDOW_SECONDS = 300;

/** Reads what the objective is about. `environment`: only series of that one. */
export function readIndicator(slo: SloSpec, environment: string | undefined): IndicatorResult {
  if (slo.availability !== undefined) return ok(availability(slo, environment));
  if (slo.latency !== undefined) return latency(slo, slo.latency, environment);
  if (slo.metric !== undefined) return fromMetric(slo.metric);
  if (slo.log !== undefined) return fromLog(slo.log);
  return {
    status: "invalid",
    faults: [
      {
        path: [],
        message: `SLO "${slo.name}" does not say what is counted, expected one of availability, latency, metric, log`,
      },
    ],
  };
}

function ok(indicator: Indicator): IndicatorResult {
  return { status: "ok", indicator };
}

function matchers(slo: SloSpec, environment: string | undefined): (string | undefined)[] {
  return [
    environment === undefined ? undefined : labelMatcher(deploymentEnvironmentName, [environment]),
    slo.service === undefined ? undefined : labelMatcher(serviceName, [slo.service]),
  ];
}

/** Errors that never happened have no series: without `or 0 * total` there would be no ratio at all. */
function perSecond(bad: string, total: string): Pick<Indicator, "bad" | "total"> {
  return {
    bad: `(${bad} or 0 * ${total}) / ${WINDOW_SECONDS}`,
    total: `${total} / ${WINDOW_SECONDS}`,
  };
}

function availability(slo: SloSpec, environment: string | undefined): Indicator {
  const metric = PROMETHEUS.httpServerRequestDurationCount;
  const ofService = matchers(slo, environment);
  const failed = seriesOf(metric, ...ofService, `${httpResponseStatusCode}=~"5.."`);
  return {
    source: "prometheus",
    ...perSecond(
      sumBy(BY_ENVIRONMENT, gained(failed, WINDOW, metric)),
      sumBy(BY_ENVIRONMENT, gained(seriesOf(metric, ...ofService), WINDOW, metric)),
    ),
    by: BY_ENVIRONMENT,
    events: "requests",
  };
}

function latency(slo: SloSpec, millis: number, environment: string | undefined): IndicatorResult {
  const seconds = millis / 1_000;
  const bounds: readonly number[] = HTTP_DURATION_BUCKETS_SECONDS;
  if (!bounds.includes(seconds)) return notABound(slo, seconds, bounds);
  const ofService = matchers(slo, environment);
  const bound = String(seconds);
  // Whole bounds are "1" or "1.0", depending on who wrote the series.
  const le = bound.includes(".") ? `le="${bound}"` : `le=~"${bound}([.]0)?"`;
  const fast = seriesOf(PROMETHEUS.httpServerRequestDurationBucket, ...ofService, le);
  const all = seriesOf(PROMETHEUS.httpServerRequestDurationCount, ...ofService);
  const total = sumBy(
    BY_ENVIRONMENT,
    gained(all, WINDOW, PROMETHEUS.httpServerRequestDurationCount),
  );
  const good = sumBy(
    BY_ENVIRONMENT,
    gained(fast, WINDOW, PROMETHEUS.httpServerRequestDurationCount),
  );
  return ok({
    source: "prometheus",
    bad: `clamp_min(${total} - (${good} or 0 * ${total}), 0) / ${WINDOW_SECONDS}`,
    total: `${total} / ${WINDOW_SECONDS}`,
    by: BY_ENVIRONMENT,
    events: "requests",
  });
}

function notABound(slo: SloSpec, seconds: number, bounds: readonly number[]): IndicatorResult {
  const below = bounds.filter((bound) => bound < seconds).at(-1);
  const above = bounds.find((bound) => bound > seconds);
  const near = [below, above].filter((bound) => bound !== undefined).map(written);
  return {
    status: "invalid",
    faults: [
      {
        path: ["latency"],
        message: `SLO "${slo.name}": latency ${written(seconds)} is no bound of the histogram, so that requests around it cannot be counted`,
        advice: `the nearest: ${near.join(" and ")}; there are: ${bounds.map(written).join(", ")}`,
      },
    ],
  };
}

function written(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1_000_000) / 1_000}ms` : `${seconds}s`;
}

function fromMetric({ errors, total }: NonNullable<SloSpec["metric"]>): IndicatorResult {
  const read = { errors: asSelector(errors), total: asSelector(total) };
  const faults = (["errors", "total"] as const).flatMap((key) => {
    const result = read[key];
    if (result.status === "ok") return [];
    return [
      {
        path: ["metric", key],
        message: `metric.${key}: ${result.message}`,
        advice:
          'write the series of a counter, like http_requests_total{job="shop"}; rate and sum are put around it',
      },
    ];
  });
  if (read.errors.status !== "ok" || read.total.status !== "ok")
    return { status: "invalid", faults };
  return ok({
    source: "prometheus",
    ...perSecond(
      `sum(${gained(read.errors.query, WINDOW, read.total.query)})`,
      `sum(${gained(read.total.query, WINDOW, read.total.query)})`,
    ),
    by: [],
    events: "events",
  });
}

/**
 * Counted by the Loki ruler and written to Prometheus: three days of lines cannot be read each minute.
 * A minute late, because lines may be. No bad line gives no series, and neither do no lines at all.
 */
function fromLog({ bad, total }: NonNullable<SloSpec["log"]>): IndicatorResult {
  const read = { bad: asLineQuery(bad), total: asLineQuery(total) };
  const faults = (["bad", "total"] as const).flatMap((key) => {
    const result = read[key];
    if (result.status === "ok") return [];
    return [
      {
        path: ["log", key],
        message: `log.${key}: ${result.message}`,
        advice:
          'write the lines themselves, like {service_name="shop"} |= "payment failed"; they are counted by us',
      },
    ];
  });
  if (read.bad.status !== "ok" || read.total.status !== "ok") return { status: "invalid", faults };
  return ok({
    source: "loki",
    bad: countLines(read.bad.query),
    total: countLines(read.total.query),
    by: [],
    events: "lines",
  });
}

/** A line that a parser could not read would fail the whole query. */
function countLines(query: string): string {
  return `sum(rate(${query} | __error__="" [${WINDOW}] offset 1m)) or vector(0)`;
}
