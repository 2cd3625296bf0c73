import { ALERT_LABEL } from "@sightline/core";
import { questionKey, shownQuery, ticksOf, type Vectors } from "../ask.ts";
import type { AlertInstance, Labels, OutputRun, Sample, TestSeries, Tick } from "../case.ts";
import type { PromAnswer, PromJob, PromRule } from "../engines/promtool.ts";
import { labelsKey } from "../grafana/values.ts";
import type { PreparedCase } from "../prepare.ts";
import type { EmittedRule } from "./emitted-rules.ts";
import { toSeries } from "./vector-series.ts";

export type LokiAnswers = ReadonlyMap<string, Vectors>;

/** Text of an annotation of a Loki rule that fires; asks Loki where the template does. */
export type RenderLokiMessage = (
  rule: PromRule,
  sample: Sample,
  atMillis: number,
) => Promise<Readonly<Record<string, string>>>;

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

const standIn = (index: number): string => `sightline_test_loki_${index}`;

function vectorsOf(
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

function alertsQuery(name: string): string {
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

/** The runs of the rule files of Prometheus and Loki, as far as they have the alert. */
export async function readStackRuns(
  prepared: PreparedCase,
  job: PromJob,
  answer: PromAnswer,
  loki: LokiAnswers,
  render: RenderLokiMessage,
): Promise<OutputRun[]> {
  const { stack } = prepared;
  const outputs = [...new Set(stack.map(({ engine }) => engine))];
  if (outputs.length === 0) {
    const reason = "only Grafana can run this alert";
    return [{ status: "absent", output: prepared.rules[0]?.source ?? "prometheus", reason }];
  }
  const runs: OutputRun[] = [];
  for (const output of outputs) {
    const failed = findFailure(prepared, output, answer, loki);
    runs.push(
      failed === undefined
        ? await readRun(prepared, output, job, answer, loki, render)
        : { status: "failed", output, message: failed },
    );
  }
  return runs;
}

function findFailure(
  prepared: PreparedCase,
  output: "prometheus" | "loki",
  answer: PromAnswer,
  loki: LokiAnswers,
): string | undefined {
  const needed = [...prepared.stack.filter(({ engine }) => engine === output), ...prepared.records];
  for (const { engine, rule, everyMillis } of needed) {
    if (engine !== "loki") continue;
    const vectors = loki.get(questionKey({ query: rule.expr, everyMillis, lagMillis: 0 }));
    if (vectors?.status === "failed") return `Loki: ${vectors.message}`;
  }
  return answer.status === "failed" ? `Prometheus: ${answer.message}` : undefined;
}

async function readRun(
  prepared: PreparedCase,
  output: "prometheus" | "loki",
  job: PromJob,
  answer: PromAnswer,
  loki: LokiAnswers,
  render: RenderLokiMessage,
): Promise<OutputRun> {
  const { stack, test, durationMillis } = prepared;
  const reader = createPromReader(job, answer);
  const wanted = new Set(test.expect.map(({ atMillis }) => atMillis));
  const everyMillis = Math.min(
    ...stack.filter(({ engine }) => engine === output).map((rule) => rule.everyMillis),
  );
  const ticks: Tick[] = [];
  for (const atMillis of ticksOf(durationMillis, everyMillis)) {
    const isWanted = [...wanted].some((at) => at >= atMillis && at < atMillis + everyMillis);
    const alerts: AlertInstance[] = [];
    for (const [index, rule] of stack.entries()) {
      if (rule.engine !== output) continue;
      const name = output === "loki" ? standIn(index) : (rule.rule.alert ?? "");
      const samples = reader.read(alertsQuery(name), atMillis);
      const firing = isWanted ? firingAt(answer, index, wanted, atMillis, everyMillis) : [];
      for (const sample of samples) {
        const labels = alertLabels(sample.labels, rule.rule.alert ?? "");
        const state = sample.labels["alertstate"] === "firing" ? "firing" : "pending";
        const annotations =
          state !== "firing" || !isWanted
            ? undefined
            : output === "prometheus"
              ? firing.find((one) => labelsKey(one.labels) === labelsKey(labels))?.annotations
              : await renderLoki(rule, labels, atMillis, loki, render);
        alerts.push({ state, labels, annotations });
      }
    }
    ticks.push({
      atMillis,
      alerts: uniqueAlerts(alerts),
      values: valuesAt(prepared, atMillis, reader, loki),
    });
  }
  return { status: "ran", output, ticks };
}

/** Several rule files of one alert name answer the same `ALERTS`. */
function uniqueAlerts(alerts: readonly AlertInstance[]): AlertInstance[] {
  return [
    ...new Map(alerts.map((alert) => [alert.state + labelsKey(alert.labels), alert])).values(),
  ];
}

function firingAt(
  answer: PromAnswer,
  index: number,
  wanted: ReadonlySet<number>,
  atMillis: number,
  everyMillis: number,
): readonly { labels: Labels; annotations: Readonly<Record<string, string>> }[] {
  if (answer.status !== "ok") return [];
  const at = [...wanted].find((time) => time >= atMillis && time < atMillis + everyMillis);
  return at === undefined ? [] : (answer.firing[index]?.get(at) ?? []);
}

function alertLabels(labels: Labels, name: string): Labels {
  const { __name__: _, alertstate: __, ...own } = labels;
  return { ...own, [ALERT_LABEL.alertName]: name };
}

async function renderLoki(
  { rule, everyMillis }: EmittedRule,
  labels: Labels,
  atMillis: number,
  loki: LokiAnswers,
  render: RenderLokiMessage,
): Promise<Readonly<Record<string, string>> | undefined> {
  const vector = vectorsOf(loki, rule.expr, everyMillis)[atMillis / everyMillis] ?? [];
  const name = rule.alert ?? "";
  const sample = vector.find(
    (one) => labelsKey({ ...alertLabels(one.labels, name), ...rule.labels }) === labelsKey(labels),
  );
  return sample && render(rule, sample, atMillis);
}

/** The figure of the alert's first condition at a time, of whichever engine has it. */
export function valuesAt(
  { rules }: PreparedCase,
  atMillis: number,
  prometheus: PromReader,
  loki: LokiAnswers,
): readonly Sample[] {
  return rules.flatMap((rule) => {
    const query = shownQuery(rule);
    if (query === undefined) return [];
    if (rule.source === "prometheus") return prometheus.read(query, atMillis);
    return vectorsOf(loki, query, rule.everyMillis)[atMillis / rule.everyMillis] ?? [];
  });
}
