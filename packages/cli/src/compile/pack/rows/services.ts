import {
  GRAFANA_UID,
  HOST_METRIC,
  PROMETHEUS,
  PROMETHEUS_LABEL,
  SCRAPE_JOB,
  SERVER_LABEL,
  SERVER_METRIC,
} from "@sightline/core";
import { SERVICE, SERVICE_ON_HOST, scoped } from "../labels.ts";
import { MINUTE, type PackRow, type PackScope, SECOND } from "../pack-row.ts";
import { gained, maxBy, seriesOf, sumBy } from "../promql.ts";

const { deploymentEnvironmentName, httpResponseStatusCode, serviceName } = PROMETHEUS_LABEL;
const OVERVIEW = `/d/${GRAFANA_UID.serviceOverview}?var-service={u:${serviceName}}&var-environment={u:${deploymentEnvironmentName}}`;

/** What users of a service feel. */
export const SERVICE_ROWS: readonly PackRow[] = [
  {
    id: "service-down",
    name: "Service down",
    watches: "A service that ran for 15 minutes or more and is gone, and that nobody stopped",
    source: "prometheus",
    severity: "critical",
    comparison: "above",
    amount: "2m",
    unit: "duration",
    forMillis: MINUTE,
    keepFiringForMillis: MINUTE,
    everyMillis: 30 * SECOND,
    by: SERVICE_ON_HOST,
    look: (scope, amount) => ({ query: goneFor(scope, amount) }),
    format: "duration",
    summary: "{service_name} is down on {host_name}",
    description:
      "Nothing of {service_name} ({deployment_environment_name}) has been seen for {value}, and nobody asked it to stop.",
    lines: "{service_name={q:service_name}, host_name={q:host_name}}",
    dashboard: OVERVIEW,
  },
  {
    id: "error-rate",
    name: "Error rate",
    watches: "The share of requests that a service answers with 5xx",
    source: "prometheus",
    severity: "critical",
    comparison: "above",
    amount: "5%",
    unit: "share",
    forMillis: 3 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
    everyMillis: 30 * SECOND,
    by: SERVICE,
    look: (scope, amount) => ({
      query: failedShare(scope, "5m"),
      gates: [
        // Still failing: what a deployment did four minutes ago is over.
        { query: failedShare(scope, "2m"), comparison: "above", amount },
        // One failure of a service that is hardly used wakes nobody.
        { query: failures(scope, "5m"), comparison: "at-least", amount: "5" },
      ],
    }),
    format: "percent",
    summary: "{service_name}: {value} of requests fail",
    description:
      "In the last 5 minutes {value} of the requests to {service_name} ({deployment_environment_name}) were answered with a 5xx status.",
    lines: '{service_name={q:service_name}, kind="error"}',
    command: "sightline logs {w:service_name} --severity error",
    dashboard: OVERVIEW,
  },
  {
    id: "latency",
    name: "Requests are slow",
    watches: "The time within which a service answers 95 of 100 requests",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "1s",
    unit: "duration",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: MINUTE,
    by: SERVICE,
    look: (scope) => ({
      query: p95(scope),
      // Below that, 5 % are fewer than three requests.
      gates: [{ query: requests(scope, "10m"), comparison: "at-least", amount: "60" }],
    }),
    format: "duration",
    summary: "{service_name}: 5 of 100 requests take longer than {value}",
    description:
      "{service_name} ({deployment_environment_name}) answered 95 of 100 requests of the last 10 minutes within {value}.",
    lines: '{service_name={q:service_name}, kind="log"}',
    command: "sightline logs {w:service_name}",
    dashboard: OVERVIEW,
  },
  {
    id: "traffic-stopped",
    name: "Traffic stopped",
    watches: "A service with steady requests that gets none any more",
    source: "prometheus",
    severity: "warning",
    comparison: "at-most",
    amount: "0",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: MINUTE,
    everyMillis: MINUTE,
    by: SERVICE,
    look: (scope) => ({
      // Absent is not zero: where the service itself is gone, `service-down` speaks.
      query: sumBy(SERVICE, `increase(${count(scope)}[10m])`),
      gates: [
        {
          // In each ten minutes, from three hours ago to an hour ago: not one that falls asleep.
          query: `min_over_time(${sumBy(SERVICE, `increase(${count(scope)}[10m])`)}[2h:10m] offset 1h)`,
          comparison: "at-least",
          amount: "20",
        },
        {
          query: `count_over_time(${sumBy(SERVICE, `increase(${count(scope)}[10m])`)}[2h:10m] offset 1h)`,
          comparison: "at-least",
          amount: "11",
        },
      ],
    }),
    format: "count",
    summary: "{service_name} gets no requests any more",
    description:
      "{service_name} ({deployment_environment_name}) runs and had requests all the time, and none in the last 10 minutes. Look at what stands before it.",
    lines: '{service_name={q:service_name}, kind="log"}',
    command: "sightline logs {w:service_name}",
    dashboard: OVERVIEW,
  },
  {
    id: "scrape-failing",
    name: "Metrics page does not answer",
    watches: "A /metrics page of an application that Prometheus cannot read",
    source: "prometheus",
    severity: "warning",
    comparison: "below",
    amount: "1",
    forMillis: 3 * MINUTE,
    keepFiringForMillis: 2 * MINUTE,
    everyMillis: MINUTE,
    by: [SERVER_LABEL.instance, SERVER_LABEL.job],
    look: () => ({
      query: maxBy(
        [SERVER_LABEL.instance, SERVER_LABEL.job],
        seriesOf(SERVER_METRIC.up, `${SERVER_LABEL.job}="${SCRAPE_JOB.apps}"`),
      ),
    }),
    format: "count",
    summary: "{instance} does not give its metrics",
    description:
      "Prometheus asks {instance} for its metrics and gets no answer: it is down, or listens somewhere else.",
  },
];

function count(scope: PackScope): string {
  return seriesOf(PROMETHEUS.httpServerRequestDurationCount, scoped(scope));
}

function requests(scope: PackScope, window: string): string {
  return sumBy(SERVICE, gained(count(scope), window, PROMETHEUS.httpServerRequestDurationCount));
}

function failures(scope: PackScope, window: string): string {
  const failed = seriesOf(
    PROMETHEUS.httpServerRequestDurationCount,
    scoped(scope),
    `${httpResponseStatusCode}=~"5.."`,
  );
  return sumBy(SERVICE, gained(failed, window, PROMETHEUS.httpServerRequestDurationCount));
}

function failedShare(scope: PackScope, window: string): string {
  return `${failures(scope, window)} / ${requests(scope, window)}`;
}

function p95(scope: PackScope): string {
  const buckets = seriesOf(PROMETHEUS.httpServerRequestDurationBucket, scoped(scope));
  return `histogram_quantile(0.95, ${sumBy(["le", ...SERVICE], `rate(${buckets}[10m])`)})`;
}

/** Shorter ones are jobs and scripts, which end by themselves. */
const MIN_RUN_SECONDS = (15 * MINUTE) / SECOND;
/** How long it is remembered that a service was there. */
const LOOK_BACK = "24h";

/**
 * Seconds since the service was last seen on its host; for services that nobody stopped.
 *
 * Containers: the agent counts deaths that nobody planned, so one that was stopped, removed or
 * deployed anew is not down. Processes outside of containers: metrics that stop are all there is to
 * see. A service that runs elsewhere is up. Where nothing arrives at all (the machine slept, the
 * collector is away), nothing is said about services.
 */
function goneFor(scope: PackScope, amount: string): string {
  const container = seriesOf(PROMETHEUS.containerUptime, scoped(scope));
  const process = seriesOf(PROMETHEUS.processUptime, scoped(scope));
  const containers = lastSeen(container);
  const crashed = `(${lastCrash(scope)} >= ${containers} - 30)`;
  const ofContainers = `(time() - (${containers} and ${crashed}))`;
  const ofProcesses = `(time() - (${lastSeen(process)} unless on (${SERVICE.join(", ")}) ${containers}))`;
  const alive = [container, process]
    .map((series) => `${maxBy(SERVICE, `timestamp(${series})`)} >= time() - ${amount}`)
    .join(" or ");
  const path = `max(timestamp(${HOST_METRIC.cpuCount})) >= time() - 90`;
  return `((${ofContainers} or ${ofProcesses}) unless on (${SERVICE.join(", ")}) (${alive})) and on () (${path})`;
}

function lastSeen(uptime: string): string {
  const seen = maxBy(SERVICE_ON_HOST, `timestamp(${uptime}) and ${uptime} > ${MIN_RUN_SECONDS}`);
  return `(${seen} or max_over_time(${seen}[${LOOK_BACK}:5m]))`;
}

/** When the number of unplanned deaths last grew, to about a minute. */
function lastCrash(scope: PackScope): string {
  const crashes = seriesOf(PROMETHEUS.containerCrashes, scoped(scope));
  const now = sumBy(SERVICE_ON_HOST, crashes);
  const grew = `timestamp(${now} > ${sumBy(SERVICE_ON_HOST, `${crashes} offset 1m`)})`;
  return `max_over_time(${grew}[${LOOK_BACK}:1m])`;
}
