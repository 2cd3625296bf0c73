import { compileAlerts } from "../../src/compile/alerts/compile-alerts.ts";
import { renderParts, type TemplateEngine } from "../../src/compile/messages/render-parts.ts";
import type { AlertRule, MessagePart, ModelTarget, ModelUrls } from "../../src/compile/model.ts";
import type { Fault } from "../../src/fault.ts";
import { readSpec } from "../../src/spec/read-spec.ts";

export const STACK: ModelTarget = { kind: "stack", name: "local", data: undefined };
export const GRAFANA: ModelTarget = {
  kind: "grafana",
  name: "prod",
  url: "https://grafana.example.org",
  token: undefined,
  orgId: 3,
  folder: "Sightline",
  datasources: { prometheus: "prom-1", loki: "loki-1", tempo: "tempo-1" },
  isEditable: false,
};

export interface CompiledAlerts {
  readonly rules: readonly AlertRule[];
  readonly faults: readonly Fault[];
}

/** Alerts as they stand below `alerts:`, or a whole file. */
export function compileText(
  text: string,
  { target = STACK, urls = {} }: { target?: ModelTarget; urls?: Partial<ModelUrls> } = {},
): CompiledAlerts {
  const whole = /^(alerts|services|targets):/m.test(text) ? text : `alerts:\n${text}`;
  const read = readSpec("sightline.yaml", whole);
  if (read.status !== "ok") return { rules: [], faults: read.faults };
  return compileAlerts({
    document: read.document,
    project: "test",
    target,
    urls: { grafana: undefined, alertmanager: undefined, runbooks: undefined, ...urls },
    dashboards: [],
  });
}

/** The one rule of a text without faults. */
export function compileOne(text: string, options?: Parameters<typeof compileText>[1]): AlertRule {
  const { rules, faults } = compileText(text, options);
  const [rule] = rules;
  if (rule === undefined || rules.length > 1 || faults.length > 0) {
    throw new Error(JSON.stringify({ rules: rules.length, faults }));
  }
  return rule;
}

/** Faults as `line:column check: message | advice`. */
export function faultsOf(text: string): string[] {
  return compileText(text).faults.map(
    ({ check, message, advice, place }) =>
      `${place?.line}:${place?.column} ${check}: ${message}${advice === undefined ? "" : ` | ${advice}`}`,
  );
}

export function queryOf({ expression }: AlertRule): string {
  if (expression.kind === "grafana") throw new Error("only Grafana knows its queries");
  return expression.kind === "raw" ? expression.query : expression.all[0].query;
}

export function conditionOf(rule: AlertRule): string {
  const { expression } = rule;
  if (expression.kind !== "conditions") throw new Error(`the expression is ${expression.kind}`);
  return expression.all.map(({ comparison, amount }) => `${comparison} ${amount}`).join(" and ");
}

export function texted(
  rule: AlertRule,
  parts: readonly MessagePart[] | undefined,
  engine: TemplateEngine = rule.source,
): string {
  return renderParts(parts ?? [], engine, rule);
}
