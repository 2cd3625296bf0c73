import type { Answer } from "./answer.ts";
import { isObject } from "./body.ts";
import { fullPath } from "./folders.ts";
import { formatGoDuration } from "./go-duration.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject, StoredRule } from "./state.ts";
import { orderedRules } from "./stored-rules.ts";

export const exportRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/v1/provisioning/alert-rules/export",
    query: ["format", "download", "folderUid", "group", "ruleUid"],
    actions: ["alert.provisioning:read", "alert.provisioning.secrets:read", "alert.rules:read"],
    source:
      "RouteGetAlertRulesExport, AlertingFileExportFromAlertRuleGroupWithFolderTitle; seen on 10.4.3 and 11.0.0",
    handle: exportRules,
  },
];

function exportRules({ state, query }: Call): Answer {
  const folders = query.getAll("folderUid");
  const rules = orderedRules(state).filter(
    (rule) =>
      (folders.length === 0 || folders.includes(rule.folderUID)) &&
      (query.get("group") === null || query.get("group") === rule.ruleGroup) &&
      (query.get("ruleUid") === null || query.get("ruleUid") === rule.uid),
  );
  // An organisation without rules: 404 and nothing (seen on both).
  if (rules.length === 0) return { status: 404 };
  const groups = new Map<string, StoredRule[]>();
  for (const rule of rules) {
    const key = `${rule.folderUID}\u0000${rule.ruleGroup}`;
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  return {
    status: 200,
    body: {
      apiVersion: 1,
      groups: [...groups.values()].flatMap((group) => {
        const [first] = group;
        if (!first) return [];
        const double = escaper(state);
        return [
          {
            orgId: 1,
            name: first.ruleGroup,
            folder: fullPath(state, first.folderUID),
            interval: formatGoDuration(first.intervalSeconds * 1000),
            rules: group.map((rule) => exportRule(rule, double)),
          },
        ];
      }),
    },
  };
}

/** Labels, which a provisioning file would expand, are doubled in the export (fix of #71006). */
function escaper(state: GrafanaState): (text: string) => string {
  return (text) => (state.profile.doublesDollar ? text.replaceAll("$", "$$$$") : text);
}

function exportRule(rule: StoredRule, double: (text: string) => string): JsonObject {
  const { fields } = rule;
  const labels = (fields["labels"] ?? {}) as Record<string, string>;
  const annotations = (fields["annotations"] ?? {}) as Record<string, string>;
  const settings = fields["notification_settings"];
  const keep = fields["keep_firing_for"];
  return {
    uid: rule.uid,
    title: rule.title,
    condition: fields["condition"],
    data: (fields["data"] as readonly JsonObject[]).map(({ queryType, ...step }) => ({
      refId: step["refId"],
      ...(queryType !== "" && { queryType }),
      relativeTimeRange: step["relativeTimeRange"],
      datasourceUid: step["datasourceUid"],
      model: step["model"],
    })),
    noDataState: fields["noDataState"],
    execErrState: fields["execErrState"],
    for: fields["for"],
    ...(keep !== undefined && keep !== "0s" && { keepFiringFor: keep }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(Object.keys(labels).length > 0 && {
      labels: Object.fromEntries(
        Object.entries(labels).map(([name, value]) => [name, double(value)]),
      ),
    }),
    isPaused: fields["isPaused"],
    ...(isObject(settings) && { notification_settings: settings }),
  };
}
