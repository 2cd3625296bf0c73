import { SESSION_FIELD } from "@sightline/core";
import { estimatedUsers, type Parts, standardError } from "../../query/users.ts";
import type { Panel } from "../dashboard-json.ts";
import { statPanel, timeseriesPanel } from "../panel.ts";
import { SESSIONS_OF_SERVICE } from "../service-queries.ts";
import { LOKI_SOURCE, logsNow, logsOverTime } from "../targets.ts";
import { warnFrom } from "./thresholds.ts";

/** Of numbers that people compare from day to day; bars only have to show a course. */
const PARTS: Parts = 4;
const RANGE = "$__range";
const TODAY = "now/d";
const noValue = "not counted";

const ERRORED = `${SESSIONS_OF_SERVICE} | ${SESSION_FIELD.state}="errored"`;

const seenUsers = estimatedUsers({ records: SESSIONS_OF_SERVICE, window: RANGE }, PARTS);
const erroredUsers = estimatedUsers({ records: ERRORED, window: RANGE }, PARTS);
/** Only where users were seen. */
const zero = `0 * sum(count_over_time(${SESSIONS_OF_SERVICE} [${RANGE}]))`;
const hitUsers = `(${erroredUsers}) or ${zero}`;
/** Both are estimates: where all users met an error their share may come out a little above 1. */
const errorFreeShare = `((1 - (${hitUsers}) / (${seenUsers})) ^ 2) ^ 0.5`;

const HOW =
  'Counts who the service names by identify(userId) of @sightline/node, by a hash and never by the id; "not counted" means that it names nobody.';
const ERROR = `${percent(PARTS)} too high or low is usual, less for small numbers: the number is estimated (HyperLogLog) so that any number of users can be counted.`;

export function userPanels(): Panel[] {
  return [
    statPanel({
      title: "Users today",
      description: `How many different people used the service since midnight. ${ERROR} ${HOW}`,
      source: LOKI_SOURCE,
      targets: [logsNow(seenUsers)],
      timeFrom: TODAY,
      unit: "short",
      decimals: 0,
      noValue,
      sparkline: false,
    }),
    statPanel({
      title: "Users hit by errors",
      description: `How many of today's people had a request that failed (status 500 and above, or an error that nobody caught). ${ERROR}`,
      source: LOKI_SOURCE,
      targets: [logsNow(hitUsers)],
      timeFrom: TODAY,
      unit: "short",
      decimals: 0,
      noValue,
      steps: warnFrom(1),
      sparkline: false,
    }),
    statPanel({
      title: "Error-free users",
      description:
        "The share of today's people who met no error. Orange below 99 %, red below 95 %. Made from the two numbers beside it, which are estimates.",
      source: LOKI_SOURCE,
      targets: [logsNow(errorFreeShare)],
      timeFrom: TODAY,
      unit: "percentunit",
      decimals: 1,
      noValue,
      steps: [
        { color: "red", value: null },
        { color: "orange", value: 0.95 },
        { color: "green", value: 0.99 },
      ],
      sparkline: false,
    }),
  ];
}

export function usersPerHourPanel(): Panel {
  return timeseriesPanel({
    title: "Users per hour",
    description: `How many different people used the service in each hour of the last day; a bar stands at the beginning of its hour, and the last one is the running hour. Whoever stays for three hours is in three bars, so that the bars together are more than the users of the day. ${percent(1)} too high or low is usual, less for small numbers.`,
    source: LOKI_SOURCE,
    targets: [
      logsOverTime(
        estimatedUsers({ records: SESSIONS_OF_SERVICE, window: "1h", offset: "-1h" }),
        "users",
      ),
    ],
    interval: "1h",
    maxDataPoints: 24,
    timeFrom: "24h",
    unit: "short",
    min: 0,
    noValue,
    drawStyle: "bars",
    softMax: 5,
  });
}

function percent(parts: Parts): string {
  return `${Number((100 * standardError(parts)).toFixed(1))} %`;
}
