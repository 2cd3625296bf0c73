import { parseMath } from "./math-parser.ts";
import type { RuleStep } from "./steps.ts";

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
