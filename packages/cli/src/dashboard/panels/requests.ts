import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideField, overrideFields, shadesOf } from "../field-override.ts";
import { timeseriesPanel } from "../panel.ts";
import { nameMissing, ofProcesses, orNone, perMinute, quantile } from "../service-queries.ts";
import { metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";
import { requestRate } from "./request-rates.ts";
import { slowRoutesPanel } from "./slow-routes.ts";
import { LATENCY_STEPS } from "./thresholds.ts";

const { httpRoute, httpResponseStatusCode } = PROMETHEUS_LABEL;

/** Routes are many: beside the graph there is room for ten. */
const ROUTE_LEGEND = { mode: "table", calcs: ["mean"], placement: "right", width: 280 } as const;

export function requestPanels(): Panel[][] {
  return [
    [ratePanel(), errorsPanel()],
    [latencyPanel(), slowRoutesPanel()],
  ];
}

function ratePanel(): Panel {
  const series = perMinute(ofProcesses(PROMETHEUS.httpServerRequestDurationCount), [httpRoute]);
  return timeseriesPanel({
    title: "Requests per minute, by route",
    description: "Which parts of the service are used, and how much. The top edge is the total.",
    source: PROMETHEUS_SOURCE,
    targets: [metricOverTime(nameMissing(series, httpRoute, "(no route)"), `{{${httpRoute}}}`)],
    unit: "short",
    min: 0,
    noValue: "no requests",
    stacked: true,
    fillOpacity: 25,
    legend: ROUTE_LEGEND,
  });
}

function errorsPanel(): Panel {
  const failed = ofProcesses(
    PROMETHEUS.httpServerRequestDurationCount,
    `${httpResponseStatusCode}=~"[45].."`,
  );
  const byStatus = perMinute(failed, [httpResponseStatusCode, httpRoute]);
  return timeseriesPanel({
    title: "Failed requests per minute, by status and route",
    description:
      "500 and above: the service failed. 400 to 499: the caller asked for something wrong or missing. A line called “none” at 0 means: requests, and none of them failed.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricOverTime(
        orNone(byStatus, httpRoute, "none", requestRate()),
        `{{${httpResponseStatusCode}}} {{${httpRoute}}}`,
      ),
    ],
    unit: "short",
    min: 0,
    noValue: "no requests",
    drawStyle: "bars",
    stacked: true,
    legend: ROUTE_LEGEND,
    overrides: [
      overrideFields("/^4/", { color: shadesOf("yellow") }),
      overrideFields("/^5/", { color: shadesOf("red") }),
      overrideFields("/none$/", { color: fixedColor("green") }),
    ],
  });
}

function latencyPanel(): Panel {
  const buckets = ofProcesses(PROMETHEUS.httpServerRequestDurationBucket);
  return timeseriesPanel({
    title: "Latency",
    description:
      "How long requests take. p50: half of them are faster; p95: 19 of 20; p99: 99 of 100. Dots, where there are any, are single requests: a click leads to the trace.",
    source: PROMETHEUS_SOURCE,
    targets: [
      metricOverTime(quantile(0.5, buckets), "p50"),
      metricOverTime(quantile(0.95, buckets), "p95"),
      metricOverTime(quantile(0.99, buckets), "p99", { exemplar: true }),
    ],
    unit: "s",
    min: 0,
    noValue: "no requests",
    steps: LATENCY_STEPS,
    showThresholds: true,
    legend: { mode: "table", calcs: ["mean", "max"] },
    overrides: [
      overrideField("p50", { color: fixedColor("green") }),
      overrideField("p95", { color: fixedColor("blue") }),
      overrideField("p99", { color: fixedColor("purple") }),
    ],
  });
}
