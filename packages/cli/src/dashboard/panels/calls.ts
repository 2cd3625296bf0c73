import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { fixedColor, overrideFields, shadesOf } from "../field-override.ts";
import { timeseriesPanel } from "../panel.ts";
import { ofProcesses, orNone, perMinute, quantile, rateOf, sumOf } from "../service-queries.ts";
import { metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";
import { LATENCY_STEPS } from "./thresholds.ts";

const { serverAddress, errorType } = PROMETHEUS_LABEL;
const CALLS = PROMETHEUS.httpClientRequestDurationCount;
const noValue = "no calls";

/** What the service asks of others over HTTP, by the name of the host that is called. */
export function callPanels(): Panel[] {
  const legend = `{{${serverAddress}}}`;
  const buckets = ofProcesses(PROMETHEUS.httpClientRequestDurationBucket);
  const failed = perMinute(ofProcesses(CALLS, `${errorType}!=""`), [serverAddress, errorType]);
  return [
    timeseriesPanel({
      title: "Calls per minute, by host",
      description: "HTTP calls that this service makes to others, such as a payment provider.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(perMinute(ofProcesses(CALLS), [serverAddress]), legend)],
      unit: "short",
      min: 0,
      noValue,
    }),
    timeseriesPanel({
      title: "Latency of calls (p95), by host",
      description:
        "19 of 20 calls are answered faster than this. When this rises together with the service's own latency, the other side is slow.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricOverTime(quantile(0.95, buckets, { by: [serverAddress] }), legend, {
          exemplar: true,
        }),
      ],
      unit: "s",
      min: 0,
      noValue,
      steps: LATENCY_STEPS,
      showThresholds: true,
    }),
    timeseriesPanel({
      title: "Failed calls per minute, by host and error",
      description:
        "Calls that were answered with an error or not at all. The error is a status or the name of what went wrong, such as a timeout. “none”: calls, and none of them failed.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricOverTime(
          orNone(failed, errorType, "none", sumOf(rateOf(ofProcesses(CALLS)))),
          `{{${serverAddress}}} {{${errorType}}}`,
        ),
      ],
      unit: "short",
      min: 0,
      noValue,
      drawStyle: "bars",
      stacked: true,
      softMax: 1,
      overrides: [
        overrideFields("/./", { color: shadesOf("red") }),
        overrideFields("/none$/", { color: fixedColor("green") }),
      ],
    }),
  ];
}
