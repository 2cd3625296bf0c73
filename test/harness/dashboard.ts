import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type {
  Annotation,
  Panel,
  QueryVariable,
  Target,
  Variable,
} from "../../packages/cli/src/dashboard/dashboard-json.ts";
import { repositoryRoot, type TestStack } from "./stack.ts";

/** What Grafana would ask for a dashboard, with the times it would choose. */
const RANGE_SECONDS = 900;
const STEP_SECONDS = 60;

type Variables = Readonly<Record<string, string>>;

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, number])[];
  readonly lines: readonly string[];
}

interface PanelQuery {
  readonly panel: string;
  readonly target: Target;
}

interface DashboardFile {
  readonly queries: readonly PanelQuery[];
  readonly annotations: readonly Annotation[];
  readonly variables: readonly QueryVariable[];
  /** @throws where no panel has the title. */
  targetOf(title: string, refId?: string): Target;
}

/** The file that Grafana reads, not what the generator would write today. */
export function readDashboard(name: string): DashboardFile {
  const file = JSON.parse(
    readFileSync(join(repositoryRoot, "dashboards", `${name}.json`), "utf8"),
  ) as {
    panels: Panel[];
    annotations: { list: Annotation[] };
    templating: { list: Variable[] };
  };
  const queries = file.panels.flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({ panel: panel.title, target })),
  );
  return {
    queries,
    annotations: file.annotations.list,
    variables: file.templating.list.filter((variable) => variable.type === "query"),
    targetOf(title, refId = "A") {
      const found = queries.find(({ panel, target }) => panel === title && target.refId === refId);
      if (!found) throw new Error(`no panel "${title}" with a query ${refId}`);
      return found.target;
    },
  };
}

interface Answer {
  data: {
    resultType: "vector" | "matrix" | "streams";
    result: {
      metric?: Record<string, string>;
      stream?: Record<string, string>;
      value?: [number, string];
      values?: [number, string][];
    }[];
  };
}

/** @param end of the time range, Unix seconds. */
export async function askTarget(
  stack: TestStack,
  target: Target,
  variables: Variables,
  end: number = Math.floor(Date.now() / 1000),
): Promise<Series[]> {
  const isLoki = target.datasource.type === "loki";
  const isInstant = isLoki ? target.queryType === "instant" : target.instant === true;
  const base = isLoki ? `${stack.url("loki")}/loki` : stack.url("prometheus");
  const times = isInstant
    ? { time: String(end) }
    : { start: String(end - RANGE_SECONDS), end: String(end), step: String(STEP_SECONDS) };
  return getSeries(`${base}/api/v1/${isInstant ? "query" : "query_range"}`, {
    query: substitute(target.expr, variables),
    ...(target.maxLines !== undefined && { limit: String(target.maxLines) }),
    ...times,
  });
}

/** The texts of the marks. */
export async function askAnnotation(
  stack: TestStack,
  { expr, maxLines, datasource }: Annotation,
  variables: Variables,
): Promise<string[]> {
  const found = await askTarget(
    stack,
    { refId: "A", datasource, expr, maxLines, queryType: "range", editorMode: "code" },
    variables,
  );
  return found.flatMap(({ lines }) => lines);
}

/** The values that could be chosen. */
export async function askVariable(
  stack: TestStack,
  { definition }: QueryVariable,
  variables: Variables,
): Promise<string[]> {
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
  if (!selector || !label) throw new Error(`unknown kind of variable: ${definition}`);
  const query = new URLSearchParams({ "match[]": substitute(selector, variables) });
  const url = `${stack.url("prometheus")}/api/v1/label/${label}/values?${query}`;
  const response = await fetch(url);
  const body = await response.text();
  expect(response.status, `${selector}\n${body}`).toBe(200);
  return (JSON.parse(body) as { data: string[] }).data;
}

/** What Grafana does before it asks, with the values it would choose for these times. */
function substitute(expr: string, variables: Variables): string {
  const values: Record<string, string> = {
    __rate_interval: "2m",
    __interval: `${STEP_SECONDS}s`,
    __range: `${RANGE_SECONDS}s`,
    ...variables,
  };
  return expr.replace(/\$\{?(\w+)(?::raw\})?/g, (whole, name) => {
    // `$1` in label_replace is no variable.
    if (/^\d+$/.test(name)) return whole;
    const value = values[name];
    if (value === undefined) throw new Error(`no value for the variable in ${whole}`);
    return value;
  });
}

export async function getSeries(url: string, parameters: Variables): Promise<Series[]> {
  const response = await fetch(`${url}?${new URLSearchParams(parameters)}`);
  const body = await response.text();
  expect(response.status, `${parameters["query"]}\n${body}`).toBe(200);
  const { data } = JSON.parse(body) as Answer;
  return data.result.map(({ metric, stream, value, values }) => {
    const points = values ?? (value ? [value] : []);
    return {
      labels: metric ?? stream ?? {},
      values: data.resultType === "streams" ? [] : points.map(([t, v]) => [t, Number(v)] as const),
      lines: data.resultType === "streams" ? points.map(([, line]) => line) : [],
    };
  });
}

export function lastValue({ values }: Series): number {
  return values.at(-1)?.[1] ?? Number.NaN;
}

/** All bars of all series together. */
export function sumOfBars(series: readonly Series[]): number {
  return series.flatMap(({ values }) => values).reduce((sum, [, value]) => sum + value, 0);
}
