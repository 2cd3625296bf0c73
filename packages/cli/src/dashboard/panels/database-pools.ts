import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideFields } from "../field-override.ts";
import { timeseriesPanel } from "../panel.ts";
import { ofProcesses, quantile, sumOf } from "../service-queries.ts";
import { metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";
import { warnFrom } from "./thresholds.ts";

const { dbClientConnectionPoolName: pool, dbClientConnectionState: state } = PROMETHEUS_LABEL;
const LEGEND = `{{${pool}}}`;
const noValue = "no database pool seen";

/** Whether requests wait for a connection rather than for the database. */
export function databasePoolPanels(): Panel[] {
  const used = ofProcesses(PROMETHEUS.dbClientConnectionCount, `${state}="used"`);
  const most = ofProcesses(PROMETHEUS.dbClientConnectionMax);
  const waiting = ofProcesses(PROMETHEUS.dbClientConnectionPendingRequests);
  const waits = ofProcesses(PROMETHEUS.dbClientConnectionWaitTimeBucket);
  return [
    timeseriesPanel({
      title: "Database connections in use, and limit",
      description:
        "Connections that are busy, of all processes together. At the dashed line every further query waits for one to come back.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricOverTime(sumOf(used, [pool]), LEGEND),
        metricOverTime(sumOf(most, [pool]), `limit of ${LEGEND}`),
      ],
      unit: "short",
      min: 0,
      noValue,
      overrides: [
        overrideFields("/^limit of /", {
          "custom.lineStyle": { fill: "dash", dash: [8, 8] },
          color: fixedColor("orange"),
        }),
      ],
    }),
    timeseriesPanel({
      title: "Queries waiting for a connection",
      description:
        "Queries that have not begun, because all connections of their pool are busy. Above 0 for long: a larger pool, or shorter transactions.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(sumOf(waiting, [pool]), LEGEND)],
      unit: "short",
      min: 0,
      softMax: 1,
      noValue,
      steps: warnFrom(1),
      showThresholds: true,
    }),
    timeseriesPanel({
      title: "Wait for a database connection (p95)",
      description:
        "19 of 20 queries got their connection faster than this. It is part of the latency of a request, and no slowness of the database.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(quantile(0.95, waits, { by: [pool] }), LEGEND)],
      unit: "s",
      min: 0,
      noValue,
      steps: warnFrom(0.05, 0.5),
      showThresholds: true,
    }),
  ];
}
