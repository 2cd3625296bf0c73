import { ALERT_LABEL } from "@sightline/core";
import { questionKey, ticksOf } from "../ask.ts";
import type { AlertInstance, AlertState, OutputRun, Sample, Tick } from "../case.ts";
import { formatShortest } from "../go-template/numbers.ts";
import { NotForTests, renderTemplate } from "../go-template/render.ts";
import { GoFigure } from "../go-template/values.ts";
import type { PreparedCase } from "../prepare.ts";
import type { LokiAnswers, PromReader } from "../stack/prom-job.ts";
import { valuesAt } from "../stack/run-stack.ts";
import type { GrafanaRule } from "./rule.ts";
import {
  type AlertRecord,
  type AlertRecords,
  type GrafanaState,
  nextRecords,
} from "./state-machine.ts";
import { CURRENT_GRAFANA, type GrafanaSemantics, type RuleStep, runSteps } from "./steps.ts";
import { type CapturedValue, judgeSteps } from "./verdict.ts";

const STATE: Readonly<Record<GrafanaState, AlertState>> = {
  Normal: "normal",
  Pending: "pending",
  Alerting: "firing",
  // Still told as firing: what keep_firing_for is for.
  Recovering: "firing",
  NoData: "no data",
  Error: "error",
};

/** The rule as Grafana would run it, evaluation by evaluation. */
export function runGrafana(
  prepared: PreparedCase,
  prometheus: PromReader,
  loki: LokiAnswers,
  semantics: GrafanaSemantics = CURRENT_GRAFANA,
): OutputRun {
  if (prepared.grafana.length === 0) {
    return { status: "absent", output: "grafana", reason: "there is no such rule for Grafana" };
  }
  const rules: GrafanaRule[] = [];
  for (const it of prepared.grafana) {
    if (it.status === "failed") return { status: "failed", output: "grafana", message: it.message };
    rules.push(it.rule);
  }
  const runs = rules.map((rule) => runRule(rule, prepared, prometheus, loki, semantics));
  return { status: "ran", output: "grafana", ticks: mergeTicks(runs) };
}

function runRule(
  rule: GrafanaRule,
  prepared: PreparedCase,
  prometheus: PromReader,
  loki: LokiAnswers,
  semantics: GrafanaSemantics,
): Tick[] {
  const wanted = prepared.test.expect.map(({ atMillis }) => atMillis);
  let records: AlertRecords = new Map();
  return ticksOf(prepared.durationMillis, rule.everyMillis).map((atMillis) => {
    const vectors = new Map(
      rule.steps.flatMap((step) =>
        step.kind === "query"
          ? [[step.refId, answerOf(step, rule, atMillis, prometheus, loki)] as const]
          : [],
      ),
    );
    const results = runSteps(rule.steps, vectors, semantics);
    records = nextRecords(rule, records, judgeSteps(rule, results), atMillis, semantics);
    const isWanted = wanted.some((at) => at >= atMillis && at < atMillis + rule.everyMillis);
    return {
      atMillis,
      alerts: [...records.values()]
        .filter(({ state }) => state !== "Normal")
        .map((record) => toInstance(record, rule, isWanted)),
      values: valuesAt(prepared, atMillis, prometheus, loki),
    };
  });
}

function answerOf(
  step: Extract<RuleStep, { kind: "query" }>,
  { everyMillis }: GrafanaRule,
  atMillis: number,
  prometheus: PromReader,
  loki: LokiAnswers,
): readonly Sample[] | { readonly error: string } {
  if (step.engine === "prometheus") {
    const error = prometheus.errorOf(step.query);
    if (error !== undefined) return { error };
    return prometheus.read(step.query, atMillis - step.lagMillis).map(withoutName);
  }
  const { query, lagMillis } = step;
  const vectors = loki.get(questionKey({ query, everyMillis, lagMillis }));
  if (vectors === undefined) return { error: "Loki was not asked" };
  if (vectors.status === "failed") return { error: vectors.message };
  return vectors.at[atMillis / everyMillis] ?? [];
}

/** Grafana's data source makes the metric's name the name of the frame. */
function withoutName({ labels, value }: Sample): Sample {
  const { __name__: _, ...own } = labels;
  return { labels: own, value };
}

function toInstance(record: AlertRecord, rule: GrafanaRule, isWanted: boolean): AlertInstance {
  const state = STATE[record.state];
  return {
    state,
    labels: { ...record.labels, ...rule.labels, [ALERT_LABEL.alertName]: rule.title },
    annotations: isWanted && state === "firing" ? renderAnnotations(record, rule) : undefined,
  };
}

function renderAnnotations(
  { labels, verdict }: AlertRecord,
  { annotations, title }: GrafanaRule,
): Readonly<Record<string, string>> {
  const figures = [...verdict.values];
  const values = Object.fromEntries(
    figures.map(([refId, { labels: own, value }]) => [refId, new GoFigure(own, value)]),
  );
  const all = { ...labels, [ALERT_LABEL.alertName]: title };
  const value = describeValues(figures);
  const input = {
    variables: { labels: all, values, value },
    dot: { Labels: all, Values: values, Value: value },
    // Grafana's `query` answers nothing (pkg/services/ngalert/state/template/template.go).
    ask: () => [],
    missing: "no value",
  } as const;
  return Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => {
      const unsure = figures.find(
        ([refId, { candidates }]) => candidates > 1 && text.includes(`$values.${refId}`),
      );
      if (unsure) {
        const [refId, { candidates }] = unsure;
        return [name, `<one of ${candidates} answers of ${refId}, whichever Grafana takes>`];
      }
      try {
        return [name, renderTemplate(text, input)];
      } catch (error) {
        if (error instanceof NotForTests) return [name, `<not checked: ${error.message}>`];
        return [name, `<error expanding template: ${(error as Error).message}>`];
      }
    }),
  );
}

/** `$value` in Grafana: pkg/services/ngalert/eval/extract_md.go. */
function describeValues(figures: readonly (readonly [string, CapturedValue])[]): string {
  return figures
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([refId, { labels, value }]) => {
      const pairs = Object.entries(labels)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, text]) => `${name}=${text}`);
      return `[ var='${refId}' labels={${pairs.join(", ")}} value=${formatShortest(value)} ]`;
    })
    .join(", ");
}

/** Rules of one name are one alert; they have one interval, or each its own ticks. */
function mergeTicks(runs: readonly (readonly Tick[])[]): readonly Tick[] {
  const [first, ...others] = runs;
  if (!first || others.length === 0) return first ?? [];
  const times = [...new Set(runs.flatMap((ticks) => ticks.map(({ atMillis }) => atMillis)))];
  return times
    .toSorted((left, right) => left - right)
    .map((atMillis) => ({
      atMillis,
      values: runs.flatMap(
        (ticks) => ticks.find((tick) => tick.atMillis === atMillis)?.values ?? [],
      ),
      alerts: runs.flatMap(
        (ticks) => ticks.findLast((tick) => tick.atMillis <= atMillis)?.alerts ?? [],
      ),
    }));
}
