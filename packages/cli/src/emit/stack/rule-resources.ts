import { ALERT_LABEL } from "@sightline/core";
import type { AlertRule, Model, RecordRule } from "../../compile/model.ts";
import type { Fault } from "../../fault.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import { goDuration } from "../go-duration.ts";
import { renderAnnotations } from "./annotations.ts";
import { alertExpression } from "./expression.ts";
import { alertGroup, recordGroup } from "./rule-groups.ts";

type Body = { readonly [key: string]: Json };

/** Records first: what reads them in the same group then reads fresh values. */
export function ruleResources({ rules, records }: Model): readonly Resource[] {
  return [
    ...records.map(recordResource),
    ...rules.filter(({ isEnabled }) => isEnabled).flatMap(alertResource),
  ];
}

function alertResource(rule: AlertRule): readonly Resource[] {
  const expr = alertExpression(rule);
  if (expr === undefined) return [];
  const body: Body = {
    source: rule.source,
    group: alertGroup(rule),
    interval: goDuration(rule.everyMillis),
    alert: rule.name,
    expr,
    ...(rule.forMillis > 0 && { for: goDuration(rule.forMillis) }),
    ...(keepsFiring(rule) && { keep_firing_for: goDuration(rule.keepFiringForMillis) }),
    // A severity of another tool, as imported, is a label of its own choice.
    labels: sorted({ [ALERT_LABEL.severity]: rule.severity, ...ownLabels(rule) }),
    annotations: renderAnnotations(rule),
  };
  return [{ kind: "rule", id: rule.id, title: rule.name, body, owner: "ours", place: rule.place }];
}

function recordResource(record: RecordRule): Resource {
  const body: Body = {
    source: record.source,
    group: recordGroup(record),
    interval: goDuration(record.everyMillis),
    record: record.metric,
    expr: record.query,
    ...(Object.keys(record.labels).length > 0 && { labels: sorted(record.labels) }),
  };
  return {
    kind: "record",
    id: record.id,
    title: record.metric,
    body,
    owner: "ours",
    place: record.place,
  };
}

/** A stack has one specification: whose alert it is needs no saying, and would make another alert of it. */
function ownLabels({ labels }: AlertRule): Readonly<Record<string, string>> {
  const { [ALERT_LABEL.project]: _, ...own } = labels;
  return own;
}

/** Loki's ruler (3.7) reads `keep_firing_for` and forgets it: rulespb.RuleDesc has no such field. */
function keepsFiring({ source, keepFiringForMillis }: AlertRule): boolean {
  return source === "prometheus" && keepFiringForMillis > 0;
}

/** What the model asks for and this stack cannot do. */
export function ruleFaults({ rules }: Model): readonly Fault[] {
  return rules.filter(({ isEnabled }) => isEnabled).flatMap(ruleFault);
}

function ruleFault({ name, expression, source, keepFiringForMillis, place }: AlertRule): Fault[] {
  if (expression.kind === "grafana") {
    return [
      {
        check: "target-cannot",
        severity: "warning",
        message: `"${name}" is a rule that only Grafana can run, and this target is Prometheus, Loki and Alertmanager: it is left out`,
        advice: "write it with `log`, `metric`, `promql` or `logql`, or apply it to a Grafana",
        place,
      },
    ];
  }
  if (source === "loki" && keepFiringForMillis > 0) {
    return [
      {
        check: "target-cannot",
        severity: "warning",
        message: `"${name}" has keep_firing_for, and Loki's ruler has no such thing: it resolves as soon as its condition no longer holds`,
        advice: "count in a longer window (`in 30m`) instead",
        place,
      },
    ];
  }
  return [];
}

function sorted(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
