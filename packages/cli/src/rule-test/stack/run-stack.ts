import { ALERT_LABEL } from "@sightline/core";
import { questionKey, shownQuery, ticksOf } from "../ask.ts";
import type { AlertInstance, Labels, OutputRun, Sample, Tick } from "../case.ts";
import type { PromAnswer, PromJob, PromRule } from "../engines/promtool.ts";
import { labelsKey } from "../grafana/values.ts";
import type { PreparedCase } from "../prepare.ts";
import type { EmittedRule } from "./emitted-rules.ts";
import {
  alertsQuery,
  createPromReader,
  type LokiAnswers,
  type PromReader,
  standIn,
  vectorsOf,
} from "./prom-job.ts";

/** Text of an annotation of a Loki rule that fires; asks Loki where the template does. */
export type RenderLokiMessage = (
  rule: PromRule,
  sample: Sample,
  atMillis: number,
) => Promise<Readonly<Record<string, string>>>;

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
