import type { Sample } from "../case.ts";
import { evaluateMath } from "./math.ts";
import { type MathNode, parseMath } from "./math-parser.ts";
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

interface RawStep {
  readonly refId?: unknown;
  readonly datasourceUid?: unknown;
  readonly relativeTimeRange?: { readonly to?: unknown };
  readonly model?: Readonly<Record<string, unknown>>;
}

/** Reads a step as it is sent to Grafana. Throws for what tests cannot run, by name. */
export function readStep(
  raw: RawStep,
  engineOf: (datasourceUid: string, type: string | undefined) => "prometheus" | "loki" | undefined,
): RuleStep {
  const refId = String(raw.refId);
  const model = raw.model ?? {};
  const uid = String(raw.datasourceUid);
  if (uid === "__expr__" || uid === "-100") return readExpression(refId, model);
  const type = (model["datasource"] as { type?: string } | undefined)?.type;
  const engine = engineOf(uid, type);
  if (!engine)
    throw new Error(`step ${refId} asks the data source "${uid}", which tests do not have`);
  const isInstant =
    engine === "loki" ? model["queryType"] === "instant" : model["instant"] === true;
  if (!isInstant || model["range"] === true) {
    throw new Error(`step ${refId} is a range query; tests run instant queries`);
  }
  const query = String(model["expr"]);
  if (/\$(?:__|\{)/.test(query)) {
    throw new Error(`step ${refId} uses a variable of Grafana's dashboards: ${query}`);
  }
  const to = Number(raw.relativeTimeRange?.to ?? 0);
  return { kind: "query", refId, engine, query, datasourceUid: uid, lagMillis: to * 1000 };
}

function readExpression(refId: string, model: Readonly<Record<string, unknown>>): RuleStep {
  const of = String(model["expression"]).replace(/^\$\{?(\w+)\}?$/, "$1");
  switch (model["type"]) {
    case "math":
      return { kind: "math", refId, node: parseMath(String(model["expression"])) };
    case "threshold":
      return readThreshold(refId, of, model);
    case "reduce": {
      const settings = model["settings"] as
        | { mode?: string; replaceWithValue?: number }
        | undefined;
      const mode = settings?.mode ?? "";
      if (mode !== "" && mode !== "dropNN" && mode !== "replaceNN") {
        throw new Error(`step ${refId} reduces in the mode "${mode}", which tests do not know`);
      }
      const reducer = String(model["reducer"]);
      const replaceWith = settings?.replaceWithValue ?? 0;
      return { kind: "reduce", refId, of, mode, replaceWith, reducer };
    }
    default:
      throw new Error(
        `step ${refId} is an expression of type "${String(model["type"])}"; tests run math, threshold and reduce`,
      );
  }
}

type Test = (value: number, params: readonly number[]) => boolean;

/** pkg/expr/threshold.go; the lower four since 12. */
const EVALUATORS: Readonly<Record<string, { test: Test; old: string }>> = {
  gt: { test: (value, [a = 0]) => value > a, old: "$V > A" },
  lt: { test: (value, [a = 0]) => value < a, old: "$V < A" },
  within_range: {
    test: (value, [a = 0, b = 0]) => value > a && value < b,
    old: "$V > A && $V < B",
  },
  outside_range: {
    test: (value, [a = 0, b = 0]) => value < a || value > b,
    old: "$V < A || $V > B",
  },
  eq: { test: (value, [a = 0]) => value === a, old: "$V == A" },
  ne: { test: (value, [a = 0]) => value !== a, old: "$V != A" },
  gte: { test: (value, [a = 0]) => value >= a, old: "$V >= A" },
  lte: { test: (value, [a = 0]) => value <= a, old: "$V <= A" },
};

function readThreshold(
  refId: string,
  of: string,
  model: Readonly<Record<string, unknown>>,
): RuleStep {
  const conditions = model["conditions"] as
    | { evaluator?: { type?: string; params?: number[] }; unloadEvaluator?: unknown }[]
    | undefined;
  const [condition] = conditions ?? [];
  const evaluator = EVALUATORS[condition?.evaluator?.type ?? ""];
  const params = condition?.evaluator?.params ?? [];
  if (!evaluator || conditions?.length !== 1 || condition?.unloadEvaluator !== undefined) {
    throw new Error(`step ${refId} has a threshold that tests do not know`);
  }
  // Six decimals: Go's %f.
  const oldText = evaluator.old
    .replaceAll("$V", `\${${of}}`)
    .replaceAll(/\bA\b(?!\})/g, (params[0] ?? 0).toFixed(6))
    .replaceAll(/\bB\b(?!\})/g, (params[1] ?? 0).toFixed(6));
  return {
    kind: "threshold",
    refId,
    of,
    test: (value) => evaluator.test(value, params),
    oldNode: parseMath(oldText),
  };
}
