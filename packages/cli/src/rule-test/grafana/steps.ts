import type { Sample } from "../case.ts";
import { evaluateMath } from "./math.ts";
import type { MathNode } from "./math-parser.ts";
import type { GrafanaValue, StepResult } from "./values.ts";

/** A step of a rule's `data`, as far as its outcome depends on it. */
export type RuleStep =
  | {
      readonly kind: "query";
      readonly refId: string;
      readonly engine: "prometheus" | "loki";
      readonly query: string;
      readonly datasourceUid: string;
      /** How far before the evaluation the query's own time is. */
      readonly lagMillis: number;
    }
  | { readonly kind: "math"; readonly refId: string; readonly node: MathNode }
  | {
      readonly kind: "threshold";
      readonly refId: string;
      readonly of: string;
      readonly test: (value: number) => boolean;
      /** The same by Grafana 11.0 and older: as mathematics, on six decimals. */
      readonly oldNode: MathNode;
    }
  | {
      readonly kind: "reduce";
      readonly refId: string;
      readonly of: string;
      readonly mode: "" | "dropNN" | "replaceNN";
      readonly replaceWith: number;
      readonly reducer: string;
    };

/** What differs between versions of Grafana. */
export interface GrafanaSemantics {
  /** Until 11.0 a threshold was mathematics on six decimals, and NaN fired. */
  readonly threshold: "predicate" | "mathematics";
  /** An answer without data, and an error, change every alert of the rule; not so in its backtest. */
  readonly changesAll: boolean;
  /** `keep_firing_for`: since 12.0. */
  readonly keepsFiring: boolean;
}

export const CURRENT_GRAFANA: GrafanaSemantics = {
  threshold: "predicate",
  changesAll: true,
  keepsFiring: true,
};
export const GRAFANA_11_0: GrafanaSemantics = {
  threshold: "mathematics",
  changesAll: true,
  keepsFiring: false,
};
/** `POST /api/v1/rule/backtest` of 10.4 makes its state manager without the setting. */
export const BACKTEST_10_4: GrafanaSemantics = { ...GRAFANA_11_0, changesAll: false };

/** The results of all steps at one evaluation. */
export function runSteps(
  steps: readonly RuleStep[],
  vectors: ReadonlyMap<string, readonly Sample[] | { readonly error: string }>,
  semantics: GrafanaSemantics,
): ReadonlyMap<string, StepResult> {
  const results = new Map<string, StepResult>();
  const find = (refId: string, by: readonly string[]): StepResult => {
    const known = results.get(refId);
    if (known) return known;
    const step = steps.find((one) => one.refId === refId);
    const result = !step
      ? ({ status: "error", message: `step ${refId} is not there` } as const)
      : by.includes(refId)
        ? ({ status: "error", message: `step ${refId} needs itself` } as const)
        : runStep(step, (other) => find(other, [...by, refId]));
    results.set(refId, result);
    return result;
  };
  const runStep = (step: RuleStep, other: (refId: string) => StepResult): StepResult => {
    if (step.kind === "query") return readVector(step, vectors.get(step.refId) ?? []);
    const valuesOf = (refId: string): readonly GrafanaValue[] => {
      const result = other(refId);
      if (result.status === "error") throw new StepFailed(result.message);
      return result.values;
    };
    try {
      return { status: "ok", values: runExpression(step, valuesOf, semantics) };
    } catch (error) {
      return { status: "error", message: (error as Error).message };
    }
  };
  for (const { refId } of steps) find(refId, []);
  return results;
}

class StepFailed extends Error {}

function readVector(
  { refId }: RuleStep,
  vector: readonly Sample[] | { readonly error: string },
): StepResult {
  if ("error" in vector) return { status: "error", message: `step ${refId}: ${vector.error}` };
  if (vector.length === 0) return { status: "ok", values: [{ kind: "no data" }] };
  return {
    status: "ok",
    values: vector.map(({ labels, value }) => ({ kind: "number", labels, value })),
  };
}

function runExpression(
  step: Exclude<RuleStep, { kind: "query" }>,
  valuesOf: (refId: string) => readonly GrafanaValue[],
  semantics: GrafanaSemantics,
): readonly GrafanaValue[] {
  switch (step.kind) {
    case "math":
      return evaluateMath(step.node, valuesOf);
    case "threshold":
      if (semantics.threshold === "mathematics") return evaluateMath(step.oldNode, valuesOf);
      return valuesOf(step.of).map((value) =>
        value.kind === "no data" || value.value === null
          ? value
          : { ...value, value: Number(step.test(value.value)) },
      );
    case "reduce":
      // Of an instant query there is one number each, which every reducer but "count" leaves.
      return valuesOf(step.of).flatMap((value) => reduceNumber(step, value));
  }
}

/** pkg/expr/commands.go, ReduceCommand.Execute: a Number is copied, mapped by the mode. */
function reduceNumber(
  step: Extract<RuleStep, { kind: "reduce" }>,
  value: GrafanaValue,
): readonly GrafanaValue[] {
  if (value.kind === "no data") return [value];
  const isNumber = value.value !== null && Number.isFinite(value.value);
  if (isNumber || step.mode === "") return [value];
  return step.mode === "dropNN" ? [] : [{ ...value, value: step.replaceWith }];
}
