import { questionKey, shownQuery, ticksOf, type Vectors } from "../ask.ts";
import type { Sample, TestSeries } from "../case.ts";
import type { PromAnswer, PromJob, PromRule } from "../engines/promtool.ts";
import type { PreparedCase } from "../prepare.ts";
import type { EmittedRule } from "./emitted-rules.ts";
import { toSeries } from "./vector-series.ts";

export type LokiAnswers = ReadonlyMap<string, Vectors>;

/**
 * What promtool is to do for a case. Rules of Prometheus go in as they are. A rule of Loki keeps its
 * name, `for` and labels, and its expression becomes a series with what Loki answered at each
 * evaluation: so the state machine is Prometheus' own, which is the one that Loki's ruler runs.
 */
export function promJobOf(prepared: PreparedCase, loki: LokiAnswers): PromJob {
  const { test, stack, records, durationMillis } = prepared;
  const expectAt = test.expect.map(({ atMillis }) => atMillis);
  const series: TestSeries[] = [...test.series];
  const rules: PromRule[] = [];
  for (const { engine, rule, everyMillis } of records) {
    if (engine === "prometheus") rules.push(rule);
    else {
      const vectors = vectorsOf(loki, rule.expr, everyMillis);
      series.push(...toSeries(rule.record ?? "", vectors, everyMillis, rule.labels));
    }
  }
  stack.forEach(({ engine, rule, everyMillis }, index) => {
    if (engine === "prometheus") rules.push(rule);
    else {
      series.push(
        ...toSeries(standIn(index), vectorsOf(loki, rule.expr, everyMillis), everyMillis),
      );
      const { annotations: _, ...state } = rule;
      rules.push({ ...state, alert: standIn(index), expr: standIn(index) });
    }
  });
  return {
    rules,
    startMillis: test.startMillis,
    everyMillis: stepOf([...stack, ...records], prepared),
    series,
    queries: promQueries(prepared),
    alerts: stack.map(({ rule, engine }, index) => ({
      name: engine === "loki" ? standIn(index) : (rule.alert ?? ""),
      atMillis: [...new Set(expectAt.filter((at) => at <= durationMillis))],
    })),
  };
}

/** Name of the alert and the series that stand for a Loki rule. */
export const standIn = (index: number): string => `sightline_test_loki_${index}`;

/** What Loki answered at each evaluation; nothing where it failed. */
export function vectorsOf(
  loki: LokiAnswers,
  query: string,
  everyMillis: number,
): readonly (readonly Sample[])[] {
  const vectors = loki.get(questionKey({ query, everyMillis, lagMillis: 0 }));
  return vectors?.status === "ok" ? vectors.at : [];
}

/** promtool evaluates all rules at one pace: that of the fastest. */
function stepOf(rules: readonly EmittedRule[], prepared: PreparedCase): number {
  const steps = rules.map(({ everyMillis }) => everyMillis);
  const own = prepared.rules.map(({ everyMillis }) => everyMillis);
  return Math.min(...(steps.length > 0 ? steps : own));
}

type PromQuery = PromJob["queries"][number];

/** In an order that {@link readStackRuns} and the Grafana half know by the query's text. */
function promQueries(prepared: PreparedCase): PromQuery[] {
  const { stack, rules, grafana, durationMillis } = prepared;
  const queries: PromQuery[] = [];
  stack.forEach(({ engine, rule, everyMillis }, index) => {
    const name = engine === "loki" ? standIn(index) : (rule.alert ?? "");
    queries.push({ query: alertsQuery(name), atMillis: ticksOf(durationMillis, everyMillis) });
  });
  for (const rule of rules) {
    const query = shownQuery(rule);
    if (rule.source === "prometheus" && query !== undefined) {
      queries.push({ query, atMillis: ticksOf(durationMillis, rule.everyMillis) });
    }
  }
  for (const it of grafana) {
    if (it.status === "failed") continue;
    for (const step of it.rule.steps) {
      if (step.kind !== "query" || step.engine !== "prometheus") continue;
      const atMillis = ticksOf(durationMillis, it.rule.everyMillis)
        .map((at) => at - step.lagMillis)
        .filter((at) => at >= 0);
      queries.push({ query: step.query, atMillis });
    }
  }
  return mergeQueries(queries);
}

function mergeQueries(queries: readonly PromQuery[]): PromQuery[] {
  const byText = new Map<string, Set<number>>();
  for (const { query, atMillis } of queries) {
    const times = byText.get(query) ?? new Set();
    for (const at of atMillis) times.add(at);
    byText.set(query, times);
  }
  return [...byText].map(([query, times]) => ({
    query,
    atMillis: [...times].sort((left, right) => left - right),
  }));
}

export function alertsQuery(name: string): string {
  return `ALERTS{alertname=${JSON.stringify(name)}}`;
}

/** What Prometheus answered to a query at a time; undefined and a message where it failed. */
export interface PromReader {
  readonly read: (query: string, atMillis: number) => readonly Sample[];
  readonly errorOf: (query: string) => string | undefined;
}

export function createPromReader(job: PromJob, answer: PromAnswer): PromReader {
  const indexOf = new Map(job.queries.map(({ query }, index) => [query, index]));
  return {
    read: (query, atMillis) => {
      const index = indexOf.get(query);
      if (index === undefined || answer.status !== "ok") return [];
      return answer.samples[index]?.get(atMillis) ?? [];
    },
    errorOf: (query) => {
      const index = indexOf.get(query);
      return index === undefined || answer.status !== "ok" ? undefined : answer.queryErrors[index];
    },
  };
}
