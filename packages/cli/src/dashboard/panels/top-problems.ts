import { ERROR_FIELD, LOKI_METADATA } from "@sightline/core";
import type { Panel } from "../dashboard-json.ts";
import { overrideField } from "../field-override.ts";
import { tablePanel } from "../panel.ts";
import { ERRORS_OF_SERVICE } from "../service-queries.ts";
import { LOKI_SOURCE, logsNow } from "../targets.ts";
import { atLeast, mergedColumns, orWords, sized } from "./table-columns.ts";

const { fpTemplate, n, userHash } = ERROR_FIELD;
const RANGE = "$__range";
const ROWS = 10;

/** Columns in their order: the field that Grafana makes, and what it is called here. */
const COLUMNS: Readonly<Record<string, string>> = {
  [fpTemplate]: "Problem",
  "Value #A": "Times",
  "Value #B": "Users",
};

const times = `topk(${ROWS}, sum by (${fpTemplate}) (sum_over_time(${ERRORS_OF_SERVICE} | unwrap ${n} | ${LOKI_METADATA.pipelineError}="" [${RANGE}])))`;
const named = `${ERRORS_OF_SERVICE} | ${userHash}!=""`;
const users = `count by (${fpTemplate}) (sum by (${fpTemplate}, ${userHash}) (count_over_time(${named} [${RANGE}])))`;

/** What to repair first, in plain words. */
export function topProblemsPanel(): Panel {
  return tablePanel({
    title: "Top problems",
    description:
      "Today's ten most frequent errors: what went wrong, with what differs from time to time left out, how often, and how many different people met it. “–” means that nobody was named by identify(userId). Users are counted exactly, as long as problems times users are fewer than Loki's max_query_series (50,000 here).",
    source: LOKI_SOURCE,
    targets: [logsNow(times), logsNow(users)],
    timeFrom: "now/d",
    noValue: "no error today",
    transformations: [
      ...mergedColumns(COLUMNS),
      { id: "sortBy", options: { fields: {}, sort: [{ field: "Times", desc: true }] } },
      { id: "limit", options: { limitField: ROWS } },
    ],
    sortBy: "Times",
    overrides: [
      overrideField("Problem", atLeast(180)),
      overrideField("Times", { unit: "short", decimals: 0, ...sized(80), ...orWords("–") }),
      overrideField("Users", { unit: "short", decimals: 0, ...sized(80), ...orWords("–") }),
    ],
  });
}
