import { ERROR_FIELD, PAGE_METADATA } from "@sightline/core";
import {
  ADDRESS,
  errorTimes,
  FAILED_REQUESTS,
  LCP_LINES,
  PAGE_ERRORS,
  PAGE_LOADS,
  ROUTE,
} from "../browser-queries.ts";
import type { Panel } from "../dashboard-json.ts";
import { overrideField } from "../field-override.ts";
import { tablePanel } from "../panel.ts";
import { LOKI_SOURCE, logsNow } from "../targets.ts";
import { atLeast, colored, mergedColumns, orWords, sized } from "./table-columns.ts";
import { warnFrom } from "./thresholds.ts";

const { fpTemplate, visitorHash, userHash } = ERROR_FIELD;
const { httpRequestMethod, errorType } = PAGE_METADATA;
const RANGE = "$__range";
const ROWS = 10;
const NUMBER = { unit: "short", decimals: 0, ...sized(90), ...orWords("–") };

function hit(field: string): string {
  return `count by (${fpTemplate}) (sum by (${fpTemplate}, ${field}) (count_over_time(${PAGE_ERRORS} | ${field}!="" [${RANGE}])))`;
}

function sortedBy(field: string, columns: Readonly<Record<string, string>>) {
  return [
    ...mergedColumns(columns),
    { id: "sortBy", options: { fields: {}, sort: [{ field, desc: true }] } },
    { id: "limit", options: { limitField: ROWS } },
  ];
}

/** What to repair first: by the people it hits. */
export function pageProblemsPanel(): Panel {
  return tablePanel({
    title: "Top problems",
    description:
      "The errors of the time range that most visitors met: what went wrong, with what differs from time to time left out. “–” means that nobody was known. `sightline errors` shows each with its stack and what led to it.",
    source: LOKI_SOURCE,
    targets: [
      logsNow(`sum by (${fpTemplate}) (${errorTimes(RANGE)})`),
      logsNow(hit(visitorHash)),
      logsNow(hit(userHash)),
    ],
    noValue: "no error",
    transformations: sortedBy("Visitors", {
      [fpTemplate]: "Problem",
      "Value #A": "Times",
      "Value #B": "Visitors",
      "Value #C": "Users",
    }),
    sortBy: "Visitors",
    overrides: [
      overrideField("Problem", atLeast(180)),
      overrideField("Times", NUMBER),
      overrideField("Visitors", NUMBER),
      overrideField("Users", NUMBER),
    ],
  });
}

export function pageRoutesPanel(): Panel {
  return tablePanel({
    title: "Routes",
    description:
      "The routes of pages that were loaded most in the time range, and until three of four loads showed their largest part (LCP). A route is a template, never an address: a router tells it, or `routes` of the app in sightline.yaml.",
    source: LOKI_SOURCE,
    targets: [
      logsNow(`sum by (${ROUTE}) (count_over_time(${PAGE_LOADS} [${RANGE}]))`),
      logsNow(`quantile_over_time(0.75, ${LCP_LINES} [${RANGE}]) by (${ROUTE})`),
    ],
    noValue: "no page was loaded",
    transformations: sortedBy("Loads", {
      [ROUTE]: "Route",
      "Value #A": "Loads",
      "Value #B": "LCP p75",
    }),
    sortBy: "Loads",
    overrides: [
      overrideField("Route", atLeast(140)),
      overrideField("Loads", NUMBER),
      overrideField("LCP p75", {
        unit: "ms",
        decimals: 0,
        ...colored(warnFrom(2_500, 4_000), 100),
        ...orWords("–"),
      }),
    ],
  });
}

export function failedRequestsPanel(): Panel {
  const failed = `sum by (${httpRequestMethod}, ${ADDRESS}, ${errorType}) (count_over_time(${FAILED_REQUESTS} [${RANGE}]))`;
  return tablePanel({
    title: "Failed requests of pages",
    description:
      "Requests that pages sent and that failed, most frequent first: the status, or why there was no answer. The same requests as the server saw them are on the service's own dashboard; the trace joins both.",
    source: LOKI_SOURCE,
    targets: [logsNow(`topk(${ROWS}, ${failed})`)],
    noValue: "no request failed",
    transformations: sortedBy("Times", {
      [httpRequestMethod]: "Method",
      [ADDRESS]: "Address",
      [errorType]: "Why",
      "Value #A": "Times",
    }),
    sortBy: "Times",
    overrides: [
      overrideField("Method", sized(80)),
      overrideField("Address", atLeast(160)),
      overrideField("Why", sized(120)),
      overrideField("Times", NUMBER),
    ],
  });
}
