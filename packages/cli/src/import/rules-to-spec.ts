import { parser as logql } from "@grafana/lezer-logql";
import type { LRParser } from "@lezer/lr";
import { parser as promql } from "@prometheus-io/lezer-promql";
import { SEVERITIES } from "../spec/schema/alerts.ts";
import { compact, type ImportedSpec } from "./imported.ts";
import type { FileRule, RuleGroup } from "./parse-rule-file.ts";

/** Rule groups of Prometheus or Loki as `alerts` and `records` of a specification. */
export function rulesToSpec(groups: readonly RuleGroup[]): ImportedSpec {
  const names = new Map<string, number>();
  const notes: string[] = [];
  const alerts: Record<string, unknown>[] = [];
  const records: Record<string, unknown>[] = [];
  for (const group of groups) {
    notes.push(...notesOf(group));
    for (const rule of group.rules) {
      const labels = { ...group.labels, ...rule.labels };
      if (rule.record !== undefined) {
        records.push(
          compact({ metric: rule.record, ...expression(rule), every: group.interval, labels }),
        );
      } else if (rule.alert !== undefined) {
        const name = uniqueName(rule.alert, labels["severity"], names);
        if (name !== rule.alert) {
          notes.push(
            `alert "${rule.alert}" is there more than once; one is called "${name}" now, and so is its alertname`,
          );
        }
        alerts.push(alertOf(rule, name, labels, group.interval));
      } else {
        notes.push(
          `group "${group.name}": a rule with neither alert nor record was left out: ${rule.expr}`,
        );
      }
    }
  }
  return { sections: compact({ alerts, records }) as ImportedSpec["sections"], notes, files: [] };
}

function alertOf(
  rule: FileRule,
  name: string,
  labels: Readonly<Record<string, string>>,
  interval: string | undefined,
): Record<string, unknown> {
  const { severity, ...others } = labels;
  const isOurs = (SEVERITIES as readonly string[]).includes(severity ?? "");
  return compact({
    name,
    ...expression(rule),
    for: rule.for,
    keep_firing_for: rule.keep_firing_for,
    every: interval,
    severity: isOurs ? severity : undefined,
    labels: isOurs || severity === undefined ? others : { ...others, severity },
    annotations: rule.annotations,
  });
}

/** Both languages are alike; what only one of them can read is of that one. */
function expression({ expr }: FileRule): Record<string, string> {
  const text = expr.trim();
  const isLoki = hasErrors(promql, text) && !hasErrors(logql, text);
  return isLoki ? { logql: text } : { promql: text };
}

function hasErrors(parser: LRParser, text: string): boolean {
  let found = false;
  parser.parse(text).iterate({
    enter: ({ type }) => {
      found ||= type.isError;
      return !found;
    },
  });
  return found;
}

function uniqueName(
  name: string,
  severity: string | undefined,
  names: Map<string, number>,
): string {
  const count = names.get(name) ?? 0;
  names.set(name, count + 1);
  if (count === 0) return name;
  return uniqueName(`${name} (${severity ?? count + 1})`, String(count + 1), names);
}

/** What the specification has no word for. */
function notesOf(group: RuleGroup): string[] {
  const { name, limit, query_offset } = group;
  return [
    limit ? `group "${name}": its limit of ${limit} alerts was left out` : "",
    query_offset
      ? `group "${name}": its query_offset of ${query_offset} was left out; write "offset" into the queries`
      : "",
  ].filter(Boolean);
}
