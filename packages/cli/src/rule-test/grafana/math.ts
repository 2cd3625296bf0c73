import type { MathNode } from "./math-parser.ts";
import { containsLabels, equalLabels, type GrafanaValue, labelsOf } from "./values.ts";

/**
 * Runs an expression of kind "math" on the results of other steps: which values are joined, what
 * null and NaN do, as in Grafana's pkg/expr/mathexp/exp.go (the same in 10.4 and 11.0).
 */
export function evaluateMath(
  node: MathNode,
  valuesOf: (refId: string) => readonly GrafanaValue[],
): readonly GrafanaValue[] {
  switch (node.kind) {
    case "number":
      return [{ kind: "scalar", value: node.value }];
    case "variable":
      return valuesOf(node.refId);
    case "unary":
      return evaluateMath(node.operand, valuesOf).map((value) =>
        mapValue(value, (number) => (number === null ? null : unary(node.operator, number))),
      );
    case "call":
      return call(
        node.name,
        node.operands.map((operand) => evaluateMath(operand, valuesOf)),
      );
    case "binary":
      return join(evaluateMath(node.left, valuesOf), evaluateMath(node.right, valuesOf)).map(
        ({ left, right, labels }) => combine(node.operator, left, right, labels),
      );
  }
}

function mapValue(
  value: GrafanaValue,
  change: (number: number | null) => number | null,
): GrafanaValue {
  return value.kind === "no data" ? value : { ...value, value: change(value.value) };
}

function unary(operator: string, value: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  if (operator === "-") return -value;
  return value === 0 ? 1 : 0;
}

interface Pair {
  readonly left: GrafanaValue;
  readonly right: GrafanaValue;
  readonly labels: Readonly<Record<string, string>>;
}

/** Values of equal labels, or where one side's labels hold all of the other's. */
function join(lefts: readonly GrafanaValue[], rights: readonly GrafanaValue[]): Pair[] {
  const [left, right] = [lefts[0], rights[0]];
  if (!left || !right) return [];
  const isSingle = lefts.length === 1 || rights.length === 1;
  if (isSingle && (left.kind === "no data" || right.kind === "no data")) {
    return [{ left, right, labels: {} }];
  }
  const pairs = lefts.flatMap((one) => rights.flatMap((other) => joinTwo(one, other)));
  // Grafana joins two single values whatever their labels, and drops these.
  if (pairs.length === 0 && lefts.length === 1 && rights.length === 1) {
    return [{ left, right, labels: {} }];
  }
  return pairs;
}

function joinTwo(left: GrafanaValue, right: GrafanaValue): Pair[] {
  const [one, other] = [labelsOf(left), labelsOf(right)];
  const counts = [Object.keys(one).length, Object.keys(other).length] as const;
  if (equalLabels(one, other) || counts[1] === 0) return [{ left, right, labels: one }];
  if (counts[0] === 0) return [{ left, right, labels: other }];
  if (counts[0] === counts[1]) return [];
  if (containsLabels(one, other)) return [{ left, right, labels: one }];
  return containsLabels(other, one) ? [{ left, right, labels: other }] : [];
}

function combine(
  operator: string,
  left: GrafanaValue,
  right: GrafanaValue,
  labels: Readonly<Record<string, string>>,
): GrafanaValue {
  if (left.kind === "no data" || right.kind === "no data") return { kind: "no data" };
  const value =
    left.value === null || right.value === null ? null : binary(operator, left.value, right.value);
  return left.kind === "scalar" && right.kind === "scalar"
    ? { kind: "scalar", value }
    : { kind: "number", labels, value };
}

const BINARY: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "**": (left, right) => left ** right,
  "%": (left, right) => left % right,
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
  ">": (left, right) => Number(left > right),
  ">=": (left, right) => Number(left >= right),
  "<": (left, right) => Number(left < right),
  "<=": (left, right) => Number(left <= right),
  "||": (left, right) => Number(left !== 0 || right !== 0),
  "&&": (left, right) => Number(left !== 0 && right !== 0),
};

function binary(operator: string, left: number, right: number): number {
  // Before NaN: what needs one side only. (In Go, NaN != 0 is true.)
  if (operator === "||" && left !== 0) return 1;
  if (operator === "&&" && left === 0) return 0;
  // A comparison with NaN is NaN, and a condition of NaN fires: it is not zero.
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  const work = BINARY[operator];
  if (!work) throw new Error(`math: unknown operator "${operator}"`);
  return work(left, right);
}

const FUNCTIONS: Readonly<Record<string, (value: number | null) => number | null>> = {
  // Those of Go's math, not of null.
  abs: ofNumber(Math.abs),
  log: ofNumber(Math.log),
  round: ofNumber((value) => Math.sign(value) * Math.round(Math.abs(value))),
  ceil: ofNumber(Math.ceil),
  floor: ofNumber(Math.floor),
  is_nan: ofNumber((value) => Number(Number.isNaN(value))),
  is_inf: ofNumber((value) => Number(Math.abs(value) === Number.POSITIVE_INFINITY)),
  is_null: (value) => Number(value === null),
  is_number: (value) => Number(value !== null && Number.isFinite(value)),
};

const CONSTANTS: Readonly<Record<string, number | null>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infn: Number.NEGATIVE_INFINITY,
  null: null,
};

function ofNumber(work: (value: number) => number): (value: number | null) => number | null {
  return (value) => (value === null ? Number.NaN : work(value));
}

function call(name: string, operands: readonly (readonly GrafanaValue[])[]): GrafanaValue[] {
  const constant = CONSTANTS[name];
  if (constant !== undefined && operands.length === 0) return [{ kind: "scalar", value: constant }];
  const work = FUNCTIONS[name];
  const [values] = operands;
  if (!work || !values || operands.length !== 1) {
    throw new Error(`math: unknown function "${name}" of ${operands.length}`);
  }
  return values.map((value) => mapValue(value, work));
}
