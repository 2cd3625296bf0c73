import type { AlertRule, RecordRule } from "../../compile/model.ts";
import { goDuration } from "../go-duration.ts";

/** Groups of what names no service, by where the rule comes from. */
const SUBJECT_OF_ORIGIN: { readonly [origin in AlertRule["origin"]]: string } = {
  user: "alerts",
  pack: "default",
  slo: "slo",
  probe: "probes",
};

const SERVICE_MATCHER = /\bservice_name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g;

/**
 * The group of a rule follows from the rule alone, its service and its interval: so one more rule
 * never moves another to another group, where its state would begin anew.
 */
export function alertGroup(rule: AlertRule): string {
  return groupName(serviceOf(textOf(rule)) ?? SUBJECT_OF_ORIGIN[rule.origin], rule.everyMillis);
}

/** With the alerts that read it, where they name the same service: a group runs in its order. */
export function recordGroup(record: RecordRule): string {
  return groupName(serviceOf(record.query) ?? "records", record.everyMillis);
}

function groupName(subject: string, everyMillis: number): string {
  return `${subject}, every ${goDuration(everyMillis)}`;
}

function textOf({ expression }: AlertRule): string {
  switch (expression.kind) {
    case "conditions":
      return expression.all.map(({ query }) => query).join("\n");
    case "raw":
      return expression.query;
    case "grafana":
      return "";
  }
}

/** The one service that a query is about. */
function serviceOf(query: string): string | undefined {
  const names = new Set(
    [...query.matchAll(SERVICE_MATCHER)].map(([, quoted, raw]) => quoted ?? raw),
  );
  const [name] = names;
  return names.size === 1 && name ? `service ${name}` : undefined;
}
