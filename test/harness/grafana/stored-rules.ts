import { isObject } from "./body.ts";
import type { GrafanaState, JsonObject, Provenance, StoredRule } from "./state.ts";

/** store/alert_rule.go, ListAlertRules: by folder uid, group, place in the group, id. */
export function orderedRules(state: GrafanaState): readonly StoredRule[] {
  const by = (text: (rule: StoredRule) => string) => (left: StoredRule, right: StoredRule) => {
    const [a, b] = [text(left), text(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  };
  return [...state.rules.values()].toSorted(
    (left, right) =>
      by(({ folderUID }) => folderUID)(left, right) ||
      by(({ ruleGroup }) => ruleGroup)(left, right) ||
      left.index - right.index ||
      left.id - right.id,
  );
}

export function ruleBody(rule: StoredRule, provenance: Provenance = rule.provenance): JsonObject {
  const {
    data,
    noDataState,
    execErrState,
    for: pending,
    annotations,
    labels,
    isPaused,
  } = rule.fields;
  const { notification_settings: settings, record, keep_firing_for: keep } = rule.fields;
  const { missingSeriesEvalsToResolve: missing } = rule.fields;
  return {
    id: rule.id,
    uid: rule.uid,
    orgID: 1,
    folderUID: rule.folderUID,
    ruleGroup: rule.ruleGroup,
    title: rule.title,
    condition: rule.fields["condition"],
    data,
    updated: rule.updated,
    noDataState,
    execErrState,
    for: pending,
    ...(keep !== undefined && { keep_firing_for: keep }),
    ...(hasEntries(annotations) && { annotations }),
    ...(hasEntries(labels) && { labels }),
    ...(provenance !== "" && { provenance }),
    isPaused,
    notification_settings: settings ?? null,
    ...(record !== undefined && { record }),
    ...(missing !== undefined && { missingSeriesEvalsToResolve: missing }),
  };
}

function hasEntries(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}

export function groupRules(
  state: GrafanaState,
  folderUID: string,
  group: string,
): readonly StoredRule[] {
  return orderedRules(state).filter(
    (rule) => rule.folderUID === folderUID && rule.ruleGroup === group,
  );
}

/** Every write of a rule begins its alert anew. Stricter than 11.0.0, which spares what did not change. */
export function writeRule(state: GrafanaState, rule: StoredRule): void {
  if (rule.state !== "inactive") state.stateResets.push(rule.uid);
  state.rules.set(rule.uid, { ...rule, state: "inactive", health: "ok", lastError: undefined });
}
