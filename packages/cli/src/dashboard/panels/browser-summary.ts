import { ERROR_FIELD, PROMETHEUS, PROMETHEUS_LABEL, SESSION_FIELD } from "@sightline/core";
import { estimatedUsers, type Parts } from "../../query/users.ts";
import {
  distinct,
  ERRORED_SESSIONS,
  errorTimes,
  ofApp,
  PAGE_LINES,
  PAGE_SESSIONS,
} from "../browser-queries.ts";
import type { Panel, ThresholdStep } from "../dashboard-json.ts";
import { statPanel, timeseriesPanel } from "../panel.ts";
import { quantile } from "../service-queries.ts";
import { LOKI_SOURCE, logsNow, logsOverTime, metricNow, PROMETHEUS_SOURCE } from "../targets.ts";
import { warnFrom } from "./thresholds.ts";

const RANGE = "$__range";
const TODAY = "now/d";
const { visitorHash } = SESSION_FIELD;
const PARTS: Parts = 4;
const P75 = 0.75;

/** Only where visitors were seen. */
const zero = `0 * sum(count_over_time(${PAGE_SESSIONS} [${RANGE}]))`;
const visitors = distinct(visitorHash, PAGE_SESSIONS, RANGE);
const hit = `(${distinct(visitorHash, ERRORED_SESSIONS, RANGE)} or ${zero})`;

/** https://web.dev/articles/vitals: good up to the first, poor from the second on. */
const LCP_STEPS: ThresholdStep[] = warnFrom(2.5, 4);
const INP_STEPS: ThresholdStep[] = warnFrom(0.2, 0.5);

/** The first line: who comes, and how the pages are to them. */
export function browserSummaryPanels(): Panel[] {
  const day = { source: LOKI_SOURCE, timeFrom: TODAY, unit: "short", decimals: 0 } as const;
  return [
    statPanel({
      ...day,
      title: "Visitors",
      description:
        "How many different browsers came since midnight, whether or not anybody signed in. One person with two devices is two visitors. Counted exactly, up to Loki's max_query_series (50,000 here).",
      targets: [logsNow(visitors)],
      noValue: "none came",
      sparkline: false,
    }),
    statPanel({
      ...day,
      title: "Users",
      description:
        "How many different people the page named by identify(userId) since midnight, counted by a hash and never by the id. Users and visitors are counted apart. The number is estimated; a few per cent too high or low is usual, less for small numbers.",
      targets: [logsNow(estimatedUsers({ records: PAGE_SESSIONS, window: RANGE }, PARTS))],
      noValue: "none named",
      sparkline: false,
    }),
    statPanel({
      title: "Unhurt",
      description:
        "The share of today's visitors who met no error that nobody caught. Orange below 99 %, red below 95 %.",
      source: LOKI_SOURCE,
      targets: [logsNow(`1 - ${hit} / ${visitors}`)],
      timeFrom: TODAY,
      unit: "percentunit",
      decimals: 1,
      noValue: "none came",
      steps: [
        { color: "red", value: null },
        { color: "orange", value: 0.95 },
        { color: "green", value: 0.99 },
      ],
      sparkline: false,
    }),
    statPanel({
      ...day,
      title: "Errors",
      description:
        "How often errors came in pages since midnight; each of a storm counts, also those that made no line of their own.",
      targets: [
        logsNow(`sum(${errorTimes(RANGE)}) or 0 * sum(count_over_time(${PAGE_LINES} [${RANGE}]))`),
      ],
      noValue: "no lines",
      steps: warnFrom(1),
      sparkline: false,
    }),
    vitalPanel(
      "Loading (LCP, p75)",
      "LCP",
      "Until three of four loads showed their largest part, in the whole time range. Good up to 2.5 s, poor above 4 s.",
      LCP_STEPS,
    ),
    vitalPanel(
      "Answering (INP, p75)",
      "INP",
      "How long three of four visits waited at most for an answer to a click or key, in the whole time range. Good up to 200 ms, poor above 500 ms.",
      INP_STEPS,
    ),
  ];
}

function vitalPanel(
  title: string,
  name: string,
  description: string,
  steps: readonly ThresholdStep[],
): Panel {
  const buckets = ofApp(
    PROMETHEUS.browserWebVitalDurationBucket,
    `${PROMETHEUS_LABEL.browserWebVitalName}="${name}"`,
  );
  return statPanel({
    title,
    description,
    source: PROMETHEUS_SOURCE,
    targets: [metricNow(quantile(P75, buckets, { window: RANGE }))],
    unit: "s",
    noValue: "not measured",
    steps,
    sparkline: false,
  });
}

export function visitorsPerHourPanel(): Panel {
  return timeseriesPanel({
    title: "Visitors per hour",
    description:
      "How many different browsers came in each hour of the last day, and how many of them met an error. Whoever stays for three hours is in three bars.",
    source: LOKI_SOURCE,
    targets: [
      logsOverTime(hourly(PAGE_SESSIONS), "visitors"),
      logsOverTime(hourly(ERRORED_SESSIONS), "met an error"),
    ],
    interval: "1h",
    maxDataPoints: 24,
    timeFrom: "24h",
    unit: "short",
    min: 0,
    noValue: "none came",
    drawStyle: "bars",
    softMax: 5,
  });
}

function hourly(records: string): string {
  return `count(sum by (${visitorHash}) (count_over_time(${records} | ${visitorHash}!="" [1h] offset -1h)))`;
}

export function errorsByReleasePanel(): Panel {
  const { release } = ERROR_FIELD;
  return timeseriesPanel({
    title: "Errors by release",
    description:
      "How often errors came, by the release of the page. A release that brings errors shows as a colour of its own.",
    source: LOKI_SOURCE,
    targets: [logsOverTime(`sum by (${release}) (${errorTimes("$__interval")})`, `{{${release}}}`)],
    interval: "1m",
    maxDataPoints: 120,
    unit: "short",
    min: 0,
    noValue: "no error",
    drawStyle: "bars",
    stacked: true,
    softMax: 5,
    legend: { mode: "list", calcs: ["sum"] },
  });
}
