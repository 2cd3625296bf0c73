import type { AlertRule, Model } from "../compile/model.ts";
import type { Place } from "../fault.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import type { QueryRole } from "./problem.ts";

export interface LintQuery {
  readonly language: "promql" | "logql";
  readonly role: QueryRole;
  readonly text: string;
  readonly place: Place | undefined;
  /** Written by the user as it is, so that an offset in it has a place in the file. */
  readonly isWritten: boolean;
  /** Of whom it is, for what has no place: `default alert "host-disk"`. */
  readonly subject: string;
}

type Language = LintQuery["language"];
type Path = readonly (string | number)[];

/** Queries that the user wrote out, in the order of the file. */
export function writtenQueries({ spec, placeOf }: SpecDocument): readonly LintQuery[] {
  const queries: LintQuery[] = [];
  const add = (
    language: Language,
    role: QueryRole,
    text: string | undefined,
    path: Path,
    subject: string,
  ): void => {
    if (text === undefined) return;
    queries.push({ language, role, text, place: placeOf(path), isWritten: true, subject });
  };
  spec.alerts.forEach((alert, index) => {
    const at = ["alerts", index] as const;
    const subject = `alert "${alert.name}"`;
    add("promql", "raw", alert.promql, [...at, "promql"], subject);
    add("logql", "raw", alert.logql, [...at, "logql"], subject);
    add("promql", "value", alert.metric?.query, [...at, "metric", "query"], subject);
    add("logql", "lines", alert.log?.query, [...at, "log", "query"], subject);
    add("promql", "value", alert.absent?.metric, [...at, "absent", "metric"], subject);
  });
  spec.records.forEach((record, index) => {
    const at = ["records", index] as const;
    const subject = `record "${record.metric}"`;
    add("promql", "value", record.promql, [...at, "promql"], subject);
    add("logql", "value", record.logql, [...at, "logql"], subject);
  });
  spec.slos.forEach((slo, index) => {
    const at = ["slos", index] as const;
    const subject = `SLO "${slo.name}"`;
    add("logql", "lines", slo.log?.bad, [...at, "log", "bad"], subject);
    add("logql", "lines", slo.log?.total, [...at, "log", "total"], subject);
  });
  return queries;
}

/** What the engines will run. Where the user wrote the text, faults of it are told there and not here again. */
export function compiledQueries(model: Model): readonly LintQuery[] {
  const rules = model.rules.flatMap((rule) => [
    ...ruleQueries(rule),
    // A fact that is read from another's answer has the same query.
    ...rule.message.facts
      .filter(({ of }) => of === undefined)
      .map(({ query }) => toQuery(rule, query, "value")),
  ]);
  const records = model.records.map(({ metric, source, query, place }): LintQuery => {
    const language = source === "loki" ? "logql" : "promql";
    const subject = `record "${metric}"`;
    return { language, role: "value", text: query, place, isWritten: false, subject };
  });
  return [...rules, ...records];
}

function ruleQueries(rule: AlertRule): LintQuery[] {
  switch (rule.expression.kind) {
    case "conditions":
      return rule.expression.all.map(({ query }) => toQuery(rule, query, "value"));
    case "raw":
      return [toQuery(rule, rule.expression.query, "raw")];
    case "grafana":
      return [];
  }
}

function toQuery(rule: AlertRule, text: string, role: QueryRole): LintQuery {
  return {
    language: rule.source === "loki" ? "logql" : "promql",
    role,
    text,
    place: rule.place,
    isWritten: false,
    subject: subjectOf(rule),
  };
}

export function subjectOf({ origin, name, id }: AlertRule): string {
  return origin === "pack" ? `default alert "${id}"` : `alert "${name}"`;
}
