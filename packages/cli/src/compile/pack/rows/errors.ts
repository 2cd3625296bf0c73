import {
  CRASH_FIELD,
  ERROR_FIELD,
  GRAFANA_UID,
  LOKI_LABEL,
  LOKI_METADATA,
  PROMETHEUS,
  PROMETHEUS_LABEL,
} from "@sightline/core";
import { UNPLANNED } from "../../../dashboard/record-lines.ts";
import { isNewError } from "../../alerts/error-queries.ts";
import type { LinesOf } from "../../alerts/log-facts.ts";
import { CONTAINER, SERVICE, SERVICE_ON_HOST, scoped } from "../labels.ts";
import { MINUTE, type PackRow, type PackScope, SECOND } from "../pack-row.ts";
import { seriesOf, sumBy } from "../promql.ts";

const { deploymentEnvironmentName, hostName, serviceName } = PROMETHEUS_LABEL;
const OVERVIEW = `/d/${GRAFANA_UID.serviceOverview}?var-service={u:${serviceName}}&var-environment={u:${deploymentEnvironmentName}}`;
const CONTAINERS = `/d/${GRAFANA_UID.containers}?var-service={u:${serviceName}}&var-host={u:${hostName}}`;
const OF_SERVICE = `${LOKI_LABEL.serviceName}={q:${serviceName}}, ${LOKI_LABEL.deploymentEnvironmentName}={q:${deploymentEnvironmentName}}`;

/** The template stands in the message; the fingerprint tells two of the same text apart. */
const NEW_ERROR: readonly string[] = [
  deploymentEnvironmentName,
  ERROR_FIELD.fp,
  ERROR_FIELD.fpTemplate,
  serviceName,
];

/**
 * What services log and how they die. Rules of Loki have no `keep_firing_for`: the window they count in
 * keeps them on.
 */
export const ERROR_ROWS: readonly PackRow[] = [
  {
    id: "error-burst",
    name: "Error burst",
    watches: "Many errors of a service in ten minutes, and three times as many as usual",
    source: "loki",
    severity: "warning",
    comparison: "above",
    amount: "50",
    unit: "count",
    forMillis: 0,
    keepFiringForMillis: 0,
    everyMillis: MINUTE,
    by: SERVICE,
    look: (scope) => {
      const now = errorCount(scope, "10m");
      return {
        query: now,
        gates: [
          {
            // What is more than three times the ten minutes of the hour before.
            query: `(${now} - 0.5 * ${errorCount(scope, "1h", "10m")}) or ${now}`,
            comparison: "above",
            amount: "0",
          },
        ],
      };
    },
    format: "count",
    summary: "{service_name}: {value} errors in 10 minutes",
    description:
      "{service_name} ({deployment_environment_name}) logged {value} errors in the last 10 minutes, more than three times as many as usual. The newest: {fact:line}",
    linesOf: (scope) => linesOf("error", scope, "10m", SERVICE),
    lines: `{${OF_SERVICE}, kind="error"}`,
    command: "sightline logs {w:service_name} --severity error",
    dashboard: OVERVIEW,
  },
  {
    id: "new-error",
    name: "New error",
    watches: "An error that no service logged in the last seven days",
    source: "loki",
    severity: "info",
    comparison: "above",
    amount: "0",
    forMillis: 0,
    keepFiringForMillis: 0,
    everyMillis: 5 * MINUTE,
    by: NEW_ERROR,
    look: (scope) => ({ query: newErrors(scope) }),
    format: "count",
    summary: "{service_name}: new error: {fp_t}",
    description:
      "{service_name} ({deployment_environment_name}) logged an error that was not there in the last seven days, {value} times so far: {fact:line}",
    linesOf: (scope) => linesOf("error", scope, "15m", NEW_ERROR),
    lines: `{${OF_SERVICE}, kind="error"} | ${ERROR_FIELD.fp}={q:${ERROR_FIELD.fp}}`,
    command: "sightline logs {w:service_name} --severity error",
    dashboard: OVERVIEW,
  },
  {
    id: "crash",
    name: "Crash",
    watches: "A process or container that died and that nobody stopped",
    source: "loki",
    severity: "warning",
    comparison: "above",
    amount: "0",
    forMillis: 0,
    keepFiringForMillis: 0,
    everyMillis: 30 * SECOND,
    by: SERVICE_ON_HOST,
    look: (scope) => ({ query: crashes(scope, "10m") }),
    format: "count",
    summary: "{service_name} crashed on {host_name}",
    description: "{fact:headline}. Its last words: {fact:line}",
    linesOf: (scope) => linesOf("crash", scope, "10m", SERVICE_ON_HOST),
    facts: [
      {
        name: "headline",
        label: "headline",
        query: (scope) =>
          `topk by (${SERVICE_ON_HOST.join(", ")}) (1, ${sumBy([...SERVICE_ON_HOST, "headline"], `count_over_time(${deaths(scope)} | regexp \`^(?P<headline>[^\\n]*)\` [10m])`)})`,
      },
    ],
    lines: `{${OF_SERVICE}, kind="crash"}`,
    command: "sightline crashes {w:service_name}",
    dashboard: CONTAINERS,
  },
  {
    id: "restart-loop",
    name: "Restart loop",
    watches: "A service that keeps dying",
    source: "loki",
    severity: "critical",
    comparison: "at-least",
    amount: "3",
    unit: "count",
    forMillis: 0,
    keepFiringForMillis: 0,
    everyMillis: 30 * SECOND,
    by: SERVICE_ON_HOST,
    look: (scope) => ({ query: crashes(scope, "10m") }),
    format: "count",
    summary: "{service_name} keeps crashing on {host_name}",
    description:
      "{service_name} ({deployment_environment_name}) died {value} times in the last 10 minutes. Its last words: {fact:line}",
    linesOf: (scope) => linesOf("crash", scope, "10m", SERVICE_ON_HOST),
    lines: `{${OF_SERVICE}, kind="crash"}`,
    command: "sightline crashes {w:service_name}",
    dashboard: CONTAINERS,
  },
  {
    id: "oom-kill",
    name: "Out of memory",
    watches: "A process that the kernel killed because its container had no memory left",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "0",
    forMillis: 0,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: 30 * SECOND,
    by: CONTAINER,
    look: (scope) => {
      const kills = seriesOf(PROMETHEUS.containerOomKills, scoped(scope));
      return { query: sumBy(CONTAINER, `round(increase(${kills}[10m]))`) };
    },
    format: "count",
    summary: "{container_name} on {host_name} ran out of memory",
    description:
      "The kernel killed {value} processes of {container_name} ({service_name}) in the last 10 minutes, because the container had reached its memory limit.",
    lines: `{${OF_SERVICE}, kind="crash"}`,
    command: "sightline crashes {w:service_name}",
    dashboard: CONTAINERS,
  },
];

function records(kind: string, scope: PackScope): string {
  const matchers = [`${LOKI_LABEL.kind}="${kind}"`, scoped(scope)];
  return `{${matchers.filter((matcher) => matcher !== undefined).join(", ")}}`;
}

/** What the message tells of the records. */
function linesOf(
  record: "error" | "crash",
  scope: PackScope,
  window: string,
  by: readonly string[],
): LinesOf {
  const filters = record === "crash" ? ` | ${UNPLANNED}` : "";
  return { selection: { stream: records(record, scope), filters }, window, by, record };
}

/** A record may stand for many. */
function errorsIn(scope: PackScope, window: string, offset?: string): string {
  const ago = offset === undefined ? "" : ` offset ${offset}`;
  return `sum_over_time(${records("error", scope)} | unwrap ${ERROR_FIELD.n} | ${LOKI_METADATA.pipelineError}="" [${window}]${ago})`;
}

function errorCount(scope: PackScope, window: string, offset?: string): string {
  return sumBy(SERVICE, errorsIn(scope, window, offset));
}

/** In the first day everything would be new. */
const IS_A_DAY_OLD = `sum(count_over_time({${LOKI_LABEL.kind}="log"}[10m] offset 1d)) > 0`;

function newErrors(scope: PackScope): string {
  const now = sumBy(NEW_ERROR, errorsIn(scope, "15m"));
  const by = [deploymentEnvironmentName, serviceName, ERROR_FIELD.fp];
  const isNew = isNewError({ records: records("error", scope), by, window: "15m", unseen: "7d" });
  return `(${now} and on (${by.join(", ")}) (${isNew})) and on () (${IS_A_DAY_OLD})`;
}

function deaths(scope: PackScope): string {
  return `${records("crash", scope)} | ${UNPLANNED}`;
}

/** A death that both agent and process tell of counts once. */
function crashes(scope: PackScope, window: string): string {
  const told = sumBy(
    [...SERVICE_ON_HOST, CRASH_FIELD.source],
    `count_over_time(${deaths(scope)} [${window}])`,
  );
  return `max by (${SERVICE_ON_HOST.join(", ")}) (${told})`;
}
