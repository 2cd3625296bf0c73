import {
  GATEWAY_SERVICE_NAME,
  GRAFANA_UID,
  HOST_METRIC,
  LOKI_LABEL,
  PROMETHEUS,
  PROMETHEUS_LABEL,
  SESSION_FIELD,
} from "@sightline/core";
import { HOST, SERVICE, scoped } from "../labels.ts";
import { HOUR, MINUTE, type PackRow, type PackScope, SECOND } from "../pack-row.ts";
import { seriesOf, sumBy } from "../promql.ts";

const {
  browserWebVitalName,
  browserWebVitalRating,
  deploymentEnvironmentName,
  outcome,
  serviceName,
} = PROMETHEUS_LABEL;
const PAGE = `/d/${GRAFANA_UID.browser}?var-app={u:${serviceName}}&var-environment={u:${deploymentEnvironmentName}}`;
const OF_APP = `${LOKI_LABEL.serviceName}={q:${serviceName}}, ${LOKI_LABEL.deploymentEnvironmentName}={q:${deploymentEnvironmentName}}`;

/** What happens in the browsers of users, and the gateway that hears of it. */
export const BROWSER_ROWS: readonly PackRow[] = [
  {
    id: "browser-errors",
    name: "Pages fail",
    watches: "The share of an app's visitors who meet an error in their browser",
    source: "loki",
    severity: "warning",
    comparison: "above",
    amount: "20%",
    unit: "share",
    forMillis: 0,
    keepFiringForMillis: 0,
    everyMillis: MINUTE,
    by: SERVICE,
    look: (scope) => ({
      query: `${visitors(scope, "errored")} / ${visitors(scope)}`,
      // Two browsers with a broken extension are no trouble of the app.
      gates: [{ query: visitors(scope, "errored"), comparison: "at-least", amount: "10" }],
    }),
    format: "percent",
    summary: "{service_name}: {value} of the visitors meet an error",
    description:
      "In the last hour {value} of the browsers that used {service_name} ({deployment_environment_name}) met an error that nobody caught: {fact:line}",
    linesOf: (scope) => ({
      selection: { stream: stream("error", scope), filters: ` | ${SESSION_FIELD.visitorHash}!=""` },
      window: "1h",
      by: SERVICE,
      record: "error",
    }),
    lines: `{${OF_APP}, kind="error"}`,
    command: "sightline errors {w:service_name}",
    dashboard: PAGE,
  },
  vitalRow({
    id: "browser-slow-loading",
    name: "Pages load slowly",
    vital: "LCP",
    watches: "The share of page loads that take longer than 4 s (LCP is poor)",
    what: "loads took longer than 4 s until the largest part was there",
    summary: "{service_name}: {value} of the page loads are slow",
  }),
  vitalRow({
    id: "browser-slow-answers",
    name: "Pages answer slowly",
    vital: "INP",
    watches:
      "The share of visits that wait longer than 500 ms for an answer to a click (INP is poor)",
    what: "visits waited longer than 500 ms for an answer to a click or key",
    summary: "{service_name}: {value} of the visits wait for answers to clicks",
  }),
  {
    id: "gateway-down",
    name: "Monitoring: gateway down",
    watches: "A gateway that reported in the last hour and does not any more",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "0",
    forMillis: MINUTE,
    keepFiringForMillis: MINUTE,
    everyMillis: 30 * SECOND,
    by: HOST,
    look: () => {
      const sign = seriesOf(
        PROMETHEUS.acknowledgedRecords,
        `${serviceName}="${GATEWAY_SERVICE_NAME}"`,
      );
      const seen = (window: string): string =>
        `group by (${HOST.join(", ")}) (last_over_time(${sign}[${window}]))`;
      return {
        // Not where nothing arrives at all: then it is not the gateway.
        query: `(${seen("1h")} unless ${seen("3m")}) and on () (count(last_over_time(${HOST_METRIC.cpuCount}[2m])) > 0)`,
      };
    },
    format: "count",
    summary: "Monitoring: the gateway on {host_name} is gone",
    description:
      "The gateway on {host_name} reports nothing any more. Pages keep what they have and send it later, as long as they are open or come back. Run: sightline status",
  },
  {
    id: "gateway-refuses",
    name: "Monitoring: gateway refuses much",
    watches: "The share of requests with an app's key that the gateway refuses",
    source: "prometheus",
    severity: "warning",
    comparison: "above",
    amount: "20%",
    unit: "share",
    forMillis: 5 * MINUTE,
    keepFiringForMillis: 5 * MINUTE,
    everyMillis: MINUTE,
    by: SERVICE,
    look: (scope) => ({
      query: `${requests(scope, `${outcome}!~"${NOT_REFUSED}"`)} / ${requests(scope)}`,
      // One page that is open somewhere is no trouble.
      gates: [
        {
          query: requests(scope, `${outcome}!~"${NOT_REFUSED}"`),
          comparison: "at-least",
          amount: "20",
        },
      ],
    }),
    format: "percent",
    summary: "{service_name}: the gateway refuses {value} of what pages send",
    description:
      "In the last 10 minutes the gateway refused {value} of the requests of {service_name} ({deployment_environment_name}). The dashboard says for which reasons.",
    dashboard: PAGE,
  },
];

interface Vital {
  readonly id: string;
  readonly name: string;
  readonly vital: "LCP" | "INP";
  readonly watches: string;
  readonly what: string;
  readonly summary: string;
}

/** More than one of four is what "poor" means: https://web.dev/articles/vitals#core-web-vitals */
function vitalRow({ id, name, vital, watches, what, summary }: Vital): PackRow {
  const ofVital = `${browserWebVitalName}="${vital}"`;
  return {
    id,
    name,
    watches,
    source: "prometheus",
    severity: "info",
    comparison: "above",
    amount: "25%",
    unit: "share",
    forMillis: 10 * MINUTE,
    keepFiringForMillis: HOUR,
    everyMillis: 5 * MINUTE,
    by: SERVICE,
    look: (scope) => ({
      query: `${measured(scope, ofVital, `${browserWebVitalRating}="poor"`)} / ${measured(scope, ofVital)}`,
      gates: [{ query: measured(scope, ofVital), comparison: "at-least", amount: "50" }],
    }),
    format: "percent",
    summary,
    description: `In the last 2 hours {value} of the ${what}, in {service_name} ({deployment_environment_name}).`,
    dashboard: PAGE,
  };
}

function measured(scope: PackScope, ...matchers: readonly string[]): string {
  const series = seriesOf(PROMETHEUS.browserWebVitalDurationCount, ...matchers, scoped(scope));
  return sumBy(SERVICE, `increase(${series}[2h])`);
}

/** Ends of a request in which nothing was refused; a sender that went away refused itself. */
const NOT_REFUSED = "accepted|preflight|script|not_modified|health|disabled|aborted";

/** With the key of an app: strangers try other ones all day. */
function requests(scope: PackScope, matcher?: string): string {
  const ofApps = `${serviceName}!="${GATEWAY_SERVICE_NAME}"`;
  const series = seriesOf(PROMETHEUS.gatewayRequests, ofApps, matcher, scoped(scope));
  return sumBy(SERVICE, `increase(${series}[10m])`);
}

function stream(kind: "error" | "session", scope: PackScope): string {
  const matchers = [`${LOKI_LABEL.kind}="${kind}"`, scoped(scope)];
  return `{${matchers.filter((matcher) => matcher !== undefined).join(", ")}}`;
}

/** Different browsers of each app in an hour; each is one record an hour for each state. */
function visitors(scope: PackScope, state?: string): string {
  const { visitorHash } = SESSION_FIELD;
  const ofState = state === undefined ? "" : ` | ${SESSION_FIELD.state}="${state}"`;
  const each = `sum by (${[...SERVICE, visitorHash].join(", ")}) (count_over_time(${stream("session", scope)}${ofState} | ${visitorHash}!="" [1h]))`;
  return `count by (${SERVICE.join(", ")}) (${each})`;
}
