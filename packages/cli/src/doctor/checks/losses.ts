import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import { serverUrl } from "../../context.ts";
import { queryPrometheus } from "../../query/prometheus.ts";
import type { Check } from "../check.ts";

const WINDOW = "1h";
/** Each gives, by its reason, how many records were lost. */
const LOSSES: readonly { readonly who: string; readonly query: string }[] = [
  {
    who: "senders dropped",
    query: `sum by (${PROMETHEUS_LABEL.reason}) (increase(${PROMETHEUS.droppedRecords}[${WINDOW}])) >= 1`,
  },
  {
    who: "Loki refused",
    query: `sum by (${PROMETHEUS_LABEL.reason}) (increase(loki_discarded_samples_total[${WINDOW}])) >= 1`,
  },
];

export const lossesCheck: Check = {
  id: "losses",
  title: "nothing was lost in the last hour",
  after: ["metrics"],
  run: async ({ context }) => {
    const found: string[] = [];
    for (const { who, query } of LOSSES) {
      const result = await queryPrometheus(serverUrl(context, "prometheus"), query);
      if (result.status !== "ok") {
        return {
          status: "failed",
          reason: `Prometheus did not answer "${query}"`,
          fix: `${context.self} status`,
        };
      }
      for (const { labels, value } of result.value) {
        found.push(
          `${who} ${Math.round(value)} (${labels[PROMETHEUS_LABEL.reason] ?? "no reason given"})`,
        );
      }
    }
    if (found.length === 0) return { status: "ok", detail: "" };
    return {
      status: "warning",
      reason: found.join(", "),
      fix: "docs/logs.md says what each reason means; the dashboard shows when it happened",
    };
  },
};
