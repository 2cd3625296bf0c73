import { PROMETHEUS } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { statPanel } from "../panel.ts";
import {
  ERROR_LINES,
  LINES,
  ofProcesses,
  ofService,
  perMinute,
  quantile,
  shareOf,
  sumOf,
} from "../service-queries.ts";
import { LOKI_SOURCE, logsNow, metricOverTime, PROMETHEUS_SOURCE } from "../targets.ts";
import { failedRate, requestRate } from "./request-rates.ts";
import { ERROR_SHARE_STEPS, LATENCY_STEPS, warnFrom } from "./thresholds.ts";

/** The first line: one glance says whether the service is well. */
export function summaryPanels(): Panel[] {
  return [
    statPanel({
      title: "Requests per minute",
      description: "How many requests the service answers in a minute, now.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricOverTime(perMinute(ofProcesses(PROMETHEUS.httpServerRequestDurationCount)), ""),
      ],
      decimals: 0,
      noValue: "none seen",
    }),
    statPanel({
      title: "Error rate",
      description:
        "The share of requests that the service failed to answer (status 500 and above), now. Orange from 1 %, red from 5 %.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(shareOf(failedRate(), requestRate()), "")],
      unit: "percentunit",
      decimals: 1,
      noValue: "no requests",
      steps: ERROR_SHARE_STEPS,
    }),
    statPanel({
      title: "Latency (p95)",
      description:
        "19 of 20 requests are answered faster than this, now. Orange from half a second, red from one second.",
      source: PROMETHEUS_SOURCE,
      targets: [
        metricOverTime(quantile(0.95, ofProcesses(PROMETHEUS.httpServerRequestDurationBucket)), ""),
      ],
      unit: "s",
      noValue: "no requests",
      steps: LATENCY_STEPS,
    }),
    statPanel({
      title: "In flight",
      description:
        "Requests that are being worked on at this moment. A number that only grows means that the service does not keep up.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(sumOf(ofProcesses(PROMETHEUS.httpServerActiveRequests)), "")],
      decimals: 0,
      noValue: "none seen",
    }),
    statPanel({
      title: "Log errors",
      description: "Log lines of severity error and above in the whole time range.",
      source: LOKI_SOURCE,
      targets: [logsNow(countOrZero(ERROR_LINES, LINES))],
      unit: "short",
      decimals: 0,
      noValue: "no lines",
      steps: warnFrom(1),
      sparkline: false,
    }),
    statPanel({
      title: "Spans per minute",
      description:
        "Steps of traces that Sightline took from this service in a minute, now. None while requests come in means that tracing is off.",
      source: PROMETHEUS_SOURCE,
      targets: [metricOverTime(perMinute(ofService(PROMETHEUS.spansAccepted)), "")],
      decimals: 0,
      noValue: "none seen",
    }),
  ];
}

/** 0 only where there are lines and none of them is in `part`. */
function countOrZero(part: string, whole: string): string {
  return `sum(count_over_time(${part} [$__range])) or 0 * sum(count_over_time(${whole} [$__range]))`;
}
