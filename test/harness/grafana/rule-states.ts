import type { Answer } from "./answer.ts";
import { isObject } from "./body.ts";
import { fullPath } from "./folders.ts";
import { parseGoDuration } from "./go-duration.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject, StoredRule } from "./state.ts";
import { orderedRules } from "./stored-rules.ts";

export const ruleStateRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/prometheus/grafana/api/v1/rules",
    query: [
      "dashboard_uid",
      "panel_id",
      "limit_alerts",
      "limit_rules",
      "folder_uid",
      "rule_group",
      "group_limit",
      "group_next_token",
    ],
    actions: ["alert.rules:read"],
    source: "pkg/services/ngalert/api/api_prometheus.go; seen on 10.4.3 and 11.0.0",
    handle: listStates,
  },
];

function listStates({ state }: Call): Answer {
  const groups = new Map<string, StoredRule[]>();
  for (const rule of orderedRules(state)) {
    const key = `${rule.folderUID}\u0000${rule.ruleGroup}`;
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  return {
    status: 200,
    body: {
      status: "success",
      data: {
        groups: [...groups.values()].flatMap((rules) => {
          const [first] = rules;
          if (!first) return [];
          return [
            {
              name: first.ruleGroup,
              file: fullPath(state, first.folderUID),
              folderUid: first.folderUID,
              rules: rules.map((rule) => stateOf(state, rule)),
              totals: totals(rules),
              interval: first.intervalSeconds,
              lastEvaluation: first.updated,
              evaluationTime: 0,
            },
          ];
        }),
        totals: totals(orderedRules(state)),
      },
    },
  };
}

function stateOf(_state: GrafanaState, rule: StoredRule): JsonObject {
  const { fields } = rule;
  const [first] = fields["data"] as readonly JsonObject[];
  const model = first?.["model"];
  return {
    uid: rule.uid,
    state: rule.state,
    name: rule.title,
    query: isObject(model) ? (model["expr"] ?? "") : "",
    duration: (parseGoDuration(String(fields["for"])) ?? 0) / 1000,
    annotations: fields["annotations"] ?? {},
    labels: fields["labels"] ?? {},
    health: rule.health,
    ...(rule.lastError !== undefined && { lastError: rule.lastError }),
    type: isObject(fields["record"]) ? "recording" : "alerting",
    lastEvaluation: rule.updated,
    evaluationTime: 0,
  };
}

function totals(rules: readonly StoredRule[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state, health } of rules) {
    counts[state] = (counts[state] ?? 0) + 1;
    if (health !== "ok") counts[health] = (counts[health] ?? 0) + 1;
  }
  return counts;
}
