import { alertingError, hiddenError } from "./answer.ts";
import { isObject } from "./body.ts";
import type { GrafanaState, StoredRule } from "./state.ts";

export function checkFolder(state: GrafanaState, folderUID: string): void {
  if (state.profile.checksRuleFolder && !state.folders.has(folderUID)) {
    throw alertingError(400, "invalid alert rule: folder does not exist");
  }
}

const NO_DATA = ["Alerting", "NoData", "OK", "KeepLast"];
const ON_ERROR = ["Alerting", "Error", "OK", "KeepLast"];

/** models/alert_rule.go, ValidateAlertRule, in its order. */
export function checkRule(
  state: GrafanaState,
  rule: StoredRule,
  leaving: ReadonlySet<string> = new Set(),
): void {
  const invalid = (message: string): Error => alertingError(400, `invalid alert rule: ${message}`);
  const { fields, title } = rule;
  const settings = fields["notification_settings"];
  if (isObject(settings)) checkReceiver(state, String(settings["receiver"]));
  const annotations = (fields["annotations"] ?? {}) as Record<string, string>;
  if ("__panelId__" in annotations !== "__dashboardUid__" in annotations) {
    throw hiddenError(
      state.profile,
      "both annotations __dashboardUid__ and __panelId__ must be specified",
    );
  }
  if ((fields["data"] as readonly unknown[]).length === 0) {
    throw invalid("no queries or expressions are found");
  }
  if (title === "") throw invalid("title is empty");
  if (!isObject(fields["record"])) {
    const [onError, noData] = [String(fields["execErrState"]), String(fields["noDataState"])];
    if (!ON_ERROR.includes(onError)) {
      throw hiddenError(state.profile, `unknown Error state option ${onError}`);
    }
    if (!NO_DATA.includes(noData)) {
      throw hiddenError(state.profile, `unknown NoData state option ${noData}`);
    }
  }
  if (title.length > 190) throw invalid("name length should not be greater than 190");
  if (rule.ruleGroup.length > 190)
    throw invalid("group name length should not be greater than 190");
  const twin = [...state.rules.values()].find(
    (other) =>
      other.uid !== rule.uid &&
      !leaving.has(other.uid) &&
      other.folderUID === rule.folderUID &&
      other.title === title,
  );
  const sameUid = state.rules.get(rule.uid);
  if ((twin && state.profile.hasUniqueTitles) || (sameUid && sameUid.id !== rule.id)) {
    throw alertingError(
      400,
      `[alerting.alert-rule.conflict] conflicting alert rule found [rule_uid: '${rule.uid}', title: '${title}', namespace_uid: '${rule.folderUID}']: rule title under the same organisation and folder should be unique`,
    );
  }
}

function checkReceiver(state: GrafanaState, receiver: string): void {
  const isThere = state.alertmanager.integrations.some(({ name }) => name === receiver);
  if (!isThere) throw hiddenError(state.profile, `receiver '${receiver}' does not exist`);
}
