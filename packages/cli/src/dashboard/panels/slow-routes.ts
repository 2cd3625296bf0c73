import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { overrideField } from "../field-override.ts";
import { tablePanel } from "../panel.ts";
import { ofProcesses, quantile, shareOf } from "../service-queries.ts";
import { metricTable, PROMETHEUS_SOURCE } from "../targets.ts";
import { failedRate, requestRate } from "./request-rates.ts";
import { colored, mergedColumns, orWords, sized } from "./table-columns.ts";
import { ERROR_SHARE_STEPS, LATENCY_STEPS } from "./thresholds.ts";

const { httpRequestMethod, httpRoute } = PROMETHEUS_LABEL;
const ROUTE = [httpRequestMethod, httpRoute];
const RANGE = "$__range";
const ROWS = 10;

/** Columns in their order: the field that Grafana makes, and what it is called here. */
const COLUMNS: Readonly<Record<string, string>> = {
  [httpRequestMethod]: "Method",
  [httpRoute]: "Route",
  "Value #A": "p95",
  "Value #B": "Per minute",
  "Value #C": "Errors",
};

export function slowRoutesPanel(): Panel {
  const buckets = ofProcesses(PROMETHEUS.httpServerRequestDurationBucket);
  return tablePanel({
    title: "Slowest routes",
    description:
      "The ten slowest routes of the whole time range: how long 19 of 20 requests take at most, how often the route is used, and how many of its requests fail.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricTable(quantile(0.95, buckets, { by: ROUTE, window: RANGE })),
      metricTable(`60 * ${requestRate(ROUTE, RANGE)} > 0`),
      metricTable(shareOf(failedRate(ROUTE, RANGE), requestRate(ROUTE, RANGE))),
    ],
    noValue: "no requests",
    transformations: [
      ...mergedColumns(COLUMNS),
      { id: "sortBy", options: { fields: {}, sort: [{ field: "p95", desc: true }] } },
      { id: "limit", options: { limitField: ROWS } },
    ],
    sortBy: "p95",
    overrides: [
      overrideField("Method", sized(80)),
      overrideField("p95", { unit: "s", ...colored(LATENCY_STEPS, 100), ...orWords("–") }),
      overrideField("Per minute", { unit: "short", decimals: 1, ...sized(110), ...orWords("–") }),
      overrideField("Errors", {
        unit: "percentunit",
        decimals: 1,
        ...colored(ERROR_SHARE_STEPS, 90),
        ...orWords("–"),
      }),
    ],
  });
}
