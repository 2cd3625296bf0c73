import type { DashboardFile, Model } from "../compile/model.ts";
import type { Fault } from "../fault.ts";
import { shorten } from "../spec/describe-value.ts";
import { severityOf } from "./checks.ts";
import { checkLogql } from "./logql/check-logql.ts";
import type { QueryProblem } from "./problem.ts";
import { checkPromql } from "./promql/check-promql.ts";

type Json = Readonly<Record<string, unknown>>;

/** Queries of the project's own dashboards. Ours are tested against the servers. */
export function checkDashboards({ dashboards }: Model): readonly Fault[] {
  return dashboards.filter(({ origin }) => origin === "user").flatMap(checkDashboard);
}

function checkDashboard({ title, json, place }: DashboardFile): Fault[] {
  return panelsOf(json).flatMap((panel) =>
    targetsOf(panel).flatMap(({ language, expr }) => {
      const query = withoutMacros(expr);
      if (query === undefined) return [];
      return problemsOf(language, query).map((problem) => ({
        check: "dashboard-query",
        severity: severityOf("dashboard-query"),
        message: `dashboard "${title}", panel "${String(panel["title"] ?? "")}": ${problem.message} in ${shorten(expr)}`,
        ...(problem.advice !== undefined && { advice: problem.advice }),
        place,
      }));
    }),
  );
}

/** Panels of rows, too, which stand inside of the row while it is folded. */
function panelsOf(holder: Json): readonly Json[] {
  const panels = Array.isArray(holder["panels"]) ? (holder["panels"] as unknown[]) : [];
  return panels.filter(isMapping).flatMap((panel) => [panel, ...panelsOf(panel)]);
}

interface PanelTarget {
  readonly language: "promql" | "logql";
  readonly expr: string;
}

function targetsOf(panel: Json): readonly PanelTarget[] {
  const targets = Array.isArray(panel["targets"]) ? (panel["targets"] as unknown[]) : [];
  return targets.filter(isMapping).flatMap((target): PanelTarget[] => {
    const expr = target["expr"];
    const type = typeOf(target["datasource"]) ?? typeOf(panel["datasource"]);
    if (typeof expr !== "string" || expr === "") return [];
    if (type === "prometheus") return [{ language: "promql", expr }];
    return type === "loki" ? [{ language: "logql", expr }] : [];
  });
}

function typeOf(datasource: unknown): string | undefined {
  const type = isMapping(datasource) ? datasource["type"] : undefined;
  return typeof type === "string" ? type : undefined;
}

function isMapping(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const VARIABLE = /\$\{\w+(?:[.:][^{}]*)?\}|\[\[\w+(?::\w+)?\]\]|\$\w+/g;

/**
 * With Grafana's own variables replaced, and those of the dashboard where they stand in quotes or for a
 * range. Undefined where one stands for a part of the query itself: then nobody knows what it will be.
 */
export function withoutMacros(expr: string): string | undefined {
  const query = expr
    .replaceAll(/\$(?:\{__range_s\}|__range_s\b)|\$(?:\{__range_ms\}|__range_ms\b)/g, "3600")
    .replaceAll(/\$\{?__(?:rate_interval|interval|range|auto)\}?(?!\w)/g, "5m")
    .replaceAll(/"(?:\\.|[^"\\])*"|`[^`]*`/g, (text) => text.replaceAll(VARIABLE, "x"))
    .replaceAll(/\[(?:\$\w+|\$\{\w+\})\]/g, "[5m]");
  return query.search(VARIABLE) === -1 ? query : undefined;
}

function problemsOf(language: PanelTarget["language"], query: string): readonly QueryProblem[] {
  if (language === "promql") {
    const problems = checkPromql(query, { role: "value", scrapeMillis: 0 });
    return problems.filter(({ check }) => severityOf(check) === "error");
  }
  // A panel may show lines as well as figures.
  return checkLogql(query, { role: "value" }).filter(
    ({ check }) => severityOf(check) === "error" && check !== "logql-kind",
  );
}
