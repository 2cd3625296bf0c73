import {
  HTTP_DURATION_BUCKETS_SECONDS,
  LOKI_LABEL,
  PROMETHEUS,
  PROMETHEUS_LABEL,
} from "@sightline/core";
import { groupBy } from "../../query/group-by.ts";
import type { TestSeries } from "../case.ts";

/** `rpm` requests a minute of one kind, from one time to another. */
export interface Requests {
  readonly service: string;
  readonly environment: string;
  readonly host: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly perMinute: number;
  readonly durationSeconds: number;
  readonly fromMillis: number;
  /** Undefined: to the end of the case. */
  readonly toMillis: number | undefined;
}

/** As often as Prometheus scrapes our stack. */
const EVERY_MILLIS = 30_000;

/**
 * What a service counts of these requests: the histogram of their durations, every bucket, count and
 * sum. Entries of equal labels add up, as they do in the service. Counters go on, flat, after the
 * last request: the process still runs.
 */
export function requestSeries(all: readonly Requests[], durationMillis: number): TestSeries[] {
  const groups = groupBy(all, labelsOf);
  return [...groups].flatMap(([labels, entries]) => histogram(labels, entries, durationMillis));
}

function labelsOf(request: Requests): string {
  const labels: [string, string][] = [
    [LOKI_LABEL.deploymentEnvironmentName, request.environment],
    [LOKI_LABEL.hostName, request.host],
    [PROMETHEUS_LABEL.httpRequestMethod, request.method],
    [PROMETHEUS_LABEL.httpResponseStatusCode, String(request.status)],
    [PROMETHEUS_LABEL.httpRoute, request.route],
    [PROMETHEUS_LABEL.serviceName, request.service],
  ];
  return labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",");
}

function histogram(
  labels: string,
  entries: readonly Requests[],
  durationMillis: number,
): TestSeries[] {
  const series = (name: string, more: string, figure: (entry: Requests) => number): TestSeries => ({
    series: `${name}{${labels}${more}}`,
    everyMillis: EVERY_MILLIS,
    tokens: Array.from({ length: Math.ceil(durationMillis / EVERY_MILLIS) + 1 }, (_, index) =>
      String(sumOf(entries, index * EVERY_MILLIS, durationMillis, figure)),
    ),
  });
  const bounds = [...HTTP_DURATION_BUCKETS_SECONDS, Number.POSITIVE_INFINITY];
  return [
    ...bounds.map((bound) =>
      series(
        PROMETHEUS.httpServerRequestDurationBucket,
        `,le="${bound === Number.POSITIVE_INFINITY ? "+Inf" : bound}"`,
        ({ durationSeconds }) => (durationSeconds <= bound ? 1 : 0),
      ),
    ),
    series(PROMETHEUS.httpServerRequestDurationCount, "", () => 1),
    series(PROMETHEUS.httpServerRequestDurationSum, "", ({ durationSeconds }) => durationSeconds),
  ];
}

function sumOf(
  entries: readonly Requests[],
  atMillis: number,
  durationMillis: number,
  figure: (entry: Requests) => number,
): number {
  let sum = 0;
  for (const entry of entries) {
    const toMillis = Math.min(atMillis, entry.toMillis ?? durationMillis + EVERY_MILLIS);
    const activeMinutes = Math.max(0, toMillis - entry.fromMillis) / 60_000;
    sum += Math.floor(activeMinutes * entry.perMinute) * figure(entry);
  }
  return sum;
}
