import { groupBy } from "../../query/group-by.ts";
import type { Labels } from "../case.ts";
import type { GrafanaRule } from "./rule.ts";
import { containsLabels, equalLabels, labelsKey, labelsOf, type StepResult } from "./values.ts";

/** What one evaluation of a rule says about one label set. */
export interface Verdict {
  readonly state: "normal" | "alerting" | "no data" | "error";
  readonly labels: Labels;
  /** `$values` of the templates: by step. */
  readonly values: ReadonlyMap<string, CapturedValue>;
  readonly message?: string;
}

export interface CapturedValue {
  readonly labels: Labels;
  readonly value: number;
  /** How many values matched: Grafana takes any one of several. */
  readonly candidates: number;
}

/**
 * From the results of the steps to a state for each label set, as queryDataResponseToExecutionResults
 * and evaluateExecutionResult of Grafana's pkg/services/ngalert/eval/eval.go do it. Mind that one
 * query without an answer makes the whole rule "no data", whether the condition reads it or not.
 */
export function judgeSteps(
  rule: Pick<GrafanaRule, "condition" | "steps">,
  results: ReadonlyMap<string, StepResult>,
): readonly Verdict[] {
  const condition = results.get(rule.condition);
  const failed = findError(rule, results);
  if (failed !== undefined) {
    return [{ state: "error", labels: {}, values: new Map(), message: failed }];
  }
  const empty = rule.steps.flatMap((step) =>
    step.kind === "query" && isEmpty(results.get(step.refId)) ? [step] : [],
  );
  if (empty.length > 0) {
    const byDatasource = groupBy(empty, ({ datasourceUid }) => datasourceUid);
    return [...byDatasource].map(([uid, steps]) => ({
      state: "no data",
      labels: {
        datasource_uid: uid,
        ref_id: steps
          .map(({ refId }) => refId)
          .toSorted()
          .join(","),
      },
      values: new Map(),
    }));
  }
  const values = condition?.status === "ok" ? condition.values : [];
  if (values.length === 0) return [{ state: "no data", labels: {}, values: new Map() }];
  const verdicts = values.map((value): Verdict => {
    const labels = labelsOf(value);
    const captured = captureValues(labels, results);
    if (value.kind === "no data" || value.value === null) {
      return { state: "no data", labels, values: captured };
    }
    // NaN is not zero: it fires.
    return { state: value.value === 0 ? "normal" : "alerting", labels, values: captured };
  });
  const twins = verdicts.length - new Set(verdicts.map(({ labels }) => labelsKey(labels))).size;
  if (twins === 0) return verdicts;
  const message = `${twins + 1} results have the same labels, so Grafana cannot tell them apart`;
  return [{ state: "error", labels: {}, values: new Map(), message }];
}

/** A failed query fails what reads it; one that the condition does not need is left out of it. */
function findError(
  { condition }: Pick<GrafanaRule, "condition">,
  results: ReadonlyMap<string, StepResult>,
): string | undefined {
  const result = results.get(condition);
  if (result === undefined) return `there is no step ${condition}, the condition`;
  return result.status === "error" ? result.message : undefined;
}

function isEmpty(result: StepResult | undefined): boolean {
  return result?.status === "ok" && result.values.every(({ kind }) => kind === "no data");
}

function captureValues(
  labels: Labels,
  results: ReadonlyMap<string, StepResult>,
): ReadonlyMap<string, CapturedValue> {
  const captured = new Map<string, CapturedValue>();
  for (const [refId, result] of results) {
    if (result.status === "error") continue;
    const all = result.values.filter((value) => value.kind !== "no data");
    const exact = all.filter((value) => equalLabels(labelsOf(value), labels));
    const candidates =
      exact.length > 0
        ? exact.slice(-1)
        : all.filter((value) => {
            const others = labelsOf(value);
            return containsLabels(labels, others) || containsLabels(others, labels);
          });
    const [value] = candidates;
    if (!value) continue;
    captured.set(refId, {
      labels: labelsOf(value),
      value: value.value ?? Number.NaN,
      candidates: candidates.length,
    });
  }
  return captured;
}
