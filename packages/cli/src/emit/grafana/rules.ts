import { ANNOTATION } from "@sightline/core";
import { renderParts } from "../../compile/messages/render-parts.ts";
import type { AlertRule, MessagePart, Model } from "../../compile/model.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import { goDuration } from "../go-duration.ts";
import { folderOf, folderUid, type GrafanaTarget } from "./folders.ts";
import { ruleLabels, sortKeys } from "./labels.ts";
import { ruleData } from "./rule-data.ts";

/** Empty answers and errors: always written, since files, API and pages have different defaults. */
const WHEN_EMPTY = { ok: "OK", firing: "Alerting" } as const;
const ON_ERROR = "Error";

/**
 * A rule as `/api/v1/provisioning/alert-rules` takes it, and `interval`: the seconds of its group,
 * which Grafana keeps there and shows in the export alone.
 */
export function emitRule(rule: AlertRule, model: Model, target: GrafanaTarget): Resource {
  const { condition, data } = ruleData(rule, target.datasources);
  const interval = rule.everyMillis / 1000;
  const body: Record<string, Json> = {
    title: rule.name,
    folderUID: folderUid(folderOf(rule, target)),
    ruleGroup: groupName(model.project, rule.everyMillis),
    interval,
    condition,
    data,
    noDataState:
      rule.expression.kind === "grafana" ? rule.expression.noData : WHEN_EMPTY[rule.whenEmpty],
    execErrState: rule.expression.kind === "grafana" ? rule.expression.onError : ON_ERROR,
    for: goDuration(rule.forMillis),
    labels: ruleLabels(rule, model.project),
    annotations: ruleAnnotations(rule),
    isPaused: !rule.isEnabled,
  };
  if (rule.keepFiringForMillis > 0) body["keep_firing_for"] = goDuration(rule.keepFiringForMillis);
  return { kind: "rule", id: rule.id, title: rule.name, body, owner: "ours", place: rule.place };
}

/** Rules of one folder and interval share a group: that is all a group is here. */
export function groupName(project: string, everyMillis: number): string {
  return `${project} ${goDuration(everyMillis)}`;
}

export function ruleAnnotations(rule: AlertRule): Readonly<Record<string, string>> {
  const { message } = rule;
  const parts: Record<string, readonly MessagePart[]> = {
    [ANNOTATION.summary]: message.summary,
    [ANNOTATION.description]: message.description,
    ...message.annotations,
  };
  const texts = Object.entries(parts)
    .map(([name, text]) => [name, renderParts(text, "grafana", rule)] as const)
    .filter(([, text]) => text !== "");
  return sortKeys(Object.fromEntries(texts));
}
