import { ALERT_LABEL } from "@sightline/core";
import type { AlertRule } from "../../compile/model.ts";

/** Labels of a rule, sorted by name. `alertname` is of the title and cannot be set. */
export function ruleLabels(rule: AlertRule, project: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {
    ...rule.labels,
    [ALERT_LABEL.severity]: rule.labels[ALERT_LABEL.severity] ?? rule.severity,
    [ALERT_LABEL.project]: project,
  };
  if (rule.contacts.length > 0) labels[ALERT_LABEL.tell] ??= `,${rule.contacts.join(",")},`;
  return sortKeys(labels);
}

export function sortKeys<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}
