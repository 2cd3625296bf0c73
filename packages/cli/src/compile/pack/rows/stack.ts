import {
  CANARY_SERVICE_NAME,
  HOST_METRIC,
  PROMETHEUS,
  PROMETHEUS_LABEL,
  RECORDED,
  SCRAPE_JOB,
  SERVER_LABEL,
  SERVER_METRIC,
} from "@sightline/core";
import { HOST, SERVICE, scoped } from "../labels.ts";
import { MINUTE, type PackRow, type PackScope, SECOND } from "../pack-row.ts";
import { gained, maxBy, seriesOf, sumBy } from "../promql.ts";

const { hostName, lineState, reason, signal } = PROMETHEUS_LABEL;
const { exporter, instance, integration, job, server } = SERVER_LABEL;

/** Whether the monitoring itself is well. */
export const STACK_ROWS: readonly PackRow[] = [
  {
    id: "watchdog",
    name: "Watchdog",
    watches: "Always fires: when it stops to arrive, alerts do not reach you",
    source: "prometheus",
    severity: "none",
    comparison: "above",
    amount: "0",
    forMillis: 0,
    keepFiringForMillis: 0,
    everyMillis: MINUTE,
    by: [],
    look: () => ({ query: "vector(1)" }),
    format: "count",
    summary: "The alerting chain works",
    description: "This alert always fires. If it stops arriving, alerts do not reach you.",
  },
  {
    id: "server-down",
    name: "Monitoring: server down",
    watches: "A server of the stack that does not answer",
    source: "prometheus",
    severity: "critical",
    comparison: "below",
    amount: "1",
    forMillis: 2 * MINUTE,
    keepFiringForMillis: MINUTE,
    everyMillis: 30 * SECOND,
    by: [instance, job],
    look: () => ({
      query: maxBy(
        [instance, job],
        seriesOf(SERVER_METRIC.up, `${job}=~"${SCRAPE_JOB.stack.join("|")}"`),
      ),
    }),
    format: "count",
    summary: "Monitoring: {job} does not answer",
    description: "{job} at {instance} does not answer. Run: sightline status",
  },
  {
    id: "server-restarting",
    name: "Monitoring: server restarts",
    watches: "A server of the stack that ends again and again",
    source: "prometheus",
    severity: "warning",
    comparison: "at-least",
    amount: "3",
    unit: "count",
    forMillis: 0,
    keepFiringForMillis: 15 * MINUTE,
    everyMillis: MINUTE,
    by: [hostName, server],
    look: () => ({
      query: sumBy(
        [hostName, server],
        `round(${gained(PROMETHEUS.stackServerRestarts, "30m", HOST_METRIC.cpuCount)})`,
      ),
    }),
    format: "count",
    summary: "Monitoring: {server} was restarted {value} times",
    description: "{server} on {host_name} ended {value} times in the last 30 minutes.",
  },
  {
    id: "data-refused",
    name: "Monitoring: lines refused",
    watches: "Log lines that Loki does not take",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "0",
    unit: "count",
    forMillis: 0,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: MINUTE,
    by: [reason],
    look: () => ({
      query: sumBy(
        [reason],
        `round(${gained(SERVER_METRIC.lokiDiscardedSamples, "10m", SERVER_METRIC.up)})`,
      ),
    }),
    format: "count",
    summary: "Loki refused {value} log lines: {reason}",
    description:
      "Loki refused {value} lines in the last 10 minutes, for the reason {reason}. They are lost.",
  },
  {
    id: "queue-fills",
    name: "Monitoring: queue fills up",
    watches: "The collector's queue to a server that does not take the data",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "50%",
    unit: "share",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
    everyMillis: MINUTE,
    by: [exporter],
    look: () => ({
      query: maxBy(
        [exporter],
        `${SERVER_METRIC.collectorQueueSize} / ${SERVER_METRIC.collectorQueueCapacity}`,
      ),
    }),
    format: "percent",
    summary: "Monitoring: the queue to {exporter} is {value} full",
    description:
      "The server behind {exporter} does not take the data. When the queue is full, senders keep theirs, as long as they have room.",
  },
  {
    id: "rules-failing",
    name: "Monitoring: rules fail",
    watches: "Rules that cannot be evaluated, so that their alerts never fire",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "0",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
    everyMillis: MINUTE,
    by: [job],
    look: () => ({
      query: either([SERVER_METRIC.prometheusRuleFailures, SERVER_METRIC.lokiRuleFailures], [job]),
    }),
    format: "count",
    summary: "Monitoring: rules of {job} cannot be evaluated",
    description:
      "{value} evaluations of rules in {job} failed in the last 10 minutes. Their alerts cannot fire.",
  },
  {
    id: "notifications-failing",
    name: "Monitoring: notifications fail",
    watches: "Messages that Alertmanager could not hand over",
    source: "prometheus",
    severity: "critical",
    comparison: "above",
    amount: "0",
    forMillis: 2 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
    everyMillis: MINUTE,
    by: [integration],
    look: () => ({
      query: sumBy(
        [integration],
        `round(${gained(SERVER_METRIC.alertmanagerNotificationsFailed, "10m", SERVER_METRIC.up)})`,
      ),
    }),
    format: "count",
    summary: "Messages by {integration} do not arrive",
    description:
      "Alertmanager could not hand over {value} messages by {integration} in the last 10 minutes. Try: sightline notify <contact>",
  },
  {
    id: "notifications-dropped",
    name: "Monitoring: alerts lost",
    watches: "Alerts that Prometheus or Loki could not give to Alertmanager",
    source: "prometheus",
    severity: "critical",
    comparison: "above",
    amount: "0",
    forMillis: 2 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
    everyMillis: MINUTE,
    by: [job],
    look: () => ({
      query: either(
        [SERVER_METRIC.prometheusNotificationsDropped, SERVER_METRIC.lokiNotificationsDropped],
        [job],
      ),
    }),
    format: "count",
    summary: "Monitoring: {job} cannot hand over alerts",
    description:
      "{job} lost {value} alerts in the last 10 minutes: Alertmanager did not take them.",
  },
  {
    id: "config-refused",
    name: "Monitoring: configuration refused",
    watches: "A server of the stack that runs on with its old configuration",
    source: "prometheus",
    severity: "warning",
    comparison: "below",
    amount: "1",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: MINUTE,
    everyMillis: MINUTE,
    by: [job],
    look: () => ({
      query: [
        SERVER_METRIC.prometheusConfigReloaded,
        SERVER_METRIC.alertmanagerConfigReloaded,
        SERVER_METRIC.lokiRulerConfigReloaded,
      ]
        .map((metric) => `min by (${job}) (${metric})`)
        .join(" or "),
    }),
    format: "count",
    summary: "Monitoring: {job} refused its configuration",
    description: "{job} could not read its newest configuration and runs on with the one before.",
  },
  {
    id: "records-dropped",
    name: "Monitoring: records lost",
    watches: "Lines, metrics or spans that a service or the agent could not deliver",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "0",
    unit: "count",
    forMillis: 0,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: MINUTE,
    by: [...SERVICE, reason, signal].sort(),
    look: (scope) => ({ query: dropped(scope) }),
    format: "count",
    summary: "{service_name} lost {value} {signal}: {reason}",
    description:
      "{value} records ({signal}) of {service_name} were lost in the last 10 minutes, for the reason {reason}. sightline status explains it.",
  },
  {
    id: "log-gap",
    name: "Monitoring: gap in the log",
    watches: "Lines that were gone before the agent could read them",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "0",
    unit: "count",
    forMillis: 0,
    keepFiringForMillis: 10 * MINUTE,
    everyMillis: MINUTE,
    by: [...SERVICE, hostName].sort(),
    look: (scope) => {
      const gaps = seriesOf(PROMETHEUS.agentGaps, scoped(scope));
      return {
        query: sumBy(
          [...SERVICE, hostName].sort(),
          `round(${gained(gaps, "10m", HOST_METRIC.cpuCount, "1d")})`,
        ),
      };
    },
    format: "count",
    summary: "{service_name} on {host_name}: a gap in the log",
    description:
      "Lines of {service_name} were rotated away before they were read. A line of the agent stands in their place.",
  },
  {
    id: "source-quiet",
    name: "Service logs nothing",
    watches: "A service that runs, logged in every hour of the last day, and is quiet now",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "30m",
    unit: "duration",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: MINUTE,
    everyMillis: 5 * MINUTE,
    by: SERVICE,
    look: (scope) => ({
      query: quietFor(scope),
      gates: [
        {
          query: `count_over_time((${sumBy(SERVICE, `max_over_time(${lines(scope)}[1h])`)} > 0)[24h:1h])`,
          comparison: "at-least",
          amount: "24",
        },
      ],
    }),
    format: "duration",
    summary: "{service_name} logs nothing any more",
    description:
      "{service_name} ({deployment_environment_name}) runs, but its last line came {value} ago. Its lines may not be read any more.",
  },
  {
    id: "canary-missing",
    name: "Monitoring: canary missing",
    watches: "Test lines that were printed and cannot be found in Loki",
    source: "prometheus",
    severity: "critical",
    comparison: "above",
    amount: "10m",
    unit: "duration",
    forMillis: 2 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
    everyMillis: MINUTE,
    by: HOST,
    look: () => ({ query: `time() - ${maxBy(HOST, PROMETHEUS.canaryLastFound)}` }),
    format: "duration",
    summary: "Lines of {host_name} are not found in Loki",
    description:
      "The canary on {host_name} prints a line every second, and none of the last {value} can be found in Loki. Lines of your services are missing, too.",
    lines: `{service_name="${CANARY_SERVICE_NAME}", host_name={q:host_name}}`,
  },
  {
    id: "canary-lines-lost",
    name: "Monitoring: canary lost lines",
    watches: "Test lines that never arrived",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "0",
    unit: "count",
    forMillis: 0,
    keepFiringForMillis: 15 * MINUTE,
    everyMillis: MINUTE,
    by: HOST,
    look: () => {
      const of = (state: string): string =>
        sumBy(
          HOST,
          `increase(${seriesOf(PROMETHEUS.canaryLines, `${lineState}="${state}"`)}[15m])`,
        );
      return { query: `round(${of("missing")} - (${of("recovered")} or 0 * ${of("missing")}))` };
    },
    format: "count",
    summary: "{value} test lines of {host_name} were lost",
    description:
      "{value} lines that the canary on {host_name} printed in the last 15 minutes cannot be found in Loki.",
    lines: `{service_name="${CANARY_SERVICE_NAME}", host_name={q:host_name}}`,
  },
];

function either(counters: readonly string[], by: readonly string[]): string {
  return counters
    .map((counter) => sumBy(by, `round(${gained(counter, "10m", SERVER_METRIC.up)})`))
    .join(" or ");
}

/** What somebody configured to be left out is no loss. */
function dropped(scope: PackScope): string {
  const counted = seriesOf(PROMETHEUS.droppedRecords, scoped(scope), `${reason}!="sampled"`);
  return sumBy(
    [...SERVICE, reason, signal].sort(),
    `round(${gained(counted, "10m", HOST_METRIC.cpuCount, "1d")})`,
  );
}

/** Lines a second, as the Loki ruler records them; no series where there was none. */
function lines(scope: PackScope): string {
  return seriesOf(RECORDED.logLinesRate, scoped(scope), `kind="log"`);
}

/** Seconds since the last line; of services that run. */
function quietFor(scope: PackScope): string {
  const seen = `timestamp(${sumBy(SERVICE, lines(scope))} > 0)`;
  const runs = [PROMETHEUS.containerUptime, PROMETHEUS.processUptime]
    .map(
      (metric) =>
        `${maxBy(SERVICE, `timestamp(${seriesOf(metric, scoped(scope))})`)} >= time() - 90`,
    )
    .join(" or ");
  return `(time() - max_over_time((${seen})[25h:5m])) and on (${SERVICE.join(", ")}) (${runs})`;
}
