import type { SyntaxNode } from "@lezer/common";
import type { QueryProblem } from "../problem.ts";
import { childrenOf, findAll } from "../query-text.ts";
import { argumentsOf, groupingOf, isExpression, labelsOf } from "./labels-of.ts";

/** Two sides whose labels can never be equal give nothing, and an alert on nothing never fires. */
export function findMatchingProblems(query: string, root: SyntaxNode): QueryProblem[] {
  return [
    ...findAll(root, ["BinaryExpr"]).flatMap((node) => checkBinary(query, node)),
    ...findAll(root, ["FunctionCall"]).flatMap((node) => checkQuantile(query, node)),
  ];
}

function checkBinary(query: string, node: SyntaxNode): QueryProblem[] {
  const children = childrenOf(node);
  const [left, right] = children.filter(isExpression);
  if (!left || !right || children.some(({ name }) => name === "Or")) return [];
  const sides = [labelsOf(query, left), labelsOf(query, right)];
  const clause = children.find(({ name }) => name === "MatchingModifierClause");
  const words = clause ? childrenOf(clause).map(({ name }) => name) : [];
  if (words.includes("Ignoring")) return [];
  const at =
    clause ?? children.find((child) => child.from >= left.to && !isExpression(child)) ?? node;
  const problem = { check: "promql-matching", from: at.from, to: at.to };
  if (clause && words.includes("On")) {
    const on = groupingOf(query, clause);
    return sides.flatMap((side, index) => {
      if (side.kind !== "known") return [];
      const lost = [...on].filter((label) => !side.names.has(label));
      if (lost.length === 0) return [];
      const which = index === 0 ? "left" : "right";
      const message = `on(${[...on].join(", ")}) asks for ${lost.join(", ")}, which the ${which} side does not have: it keeps ${listOf(side.names)}`;
      const advice = `add ${lost.join(", ")} to by(...) of the ${which} side, or leave it out of on(...)`;
      return [{ ...problem, message, advice }];
    });
  }
  const [first, second] = sides;
  if (first?.kind !== "known" || second?.kind !== "known") return [];
  const isSame =
    first.names.size === second.names.size && [...first.names].every((it) => second.names.has(it));
  if (isSame) return [];
  const message = `no two series fit: the left side has ${listOf(first.names)}, the right side ${listOf(second.names)}`;
  const common = [...first.names].filter((label) => second.names.has(label));
  const advice = `group both sides by the same labels, or write on(${common.join(", ")}) with group_left or group_right`;
  return [{ ...problem, message, advice }];
}

function listOf(names: ReadonlySet<string>): string {
  return names.size === 0 ? "no labels" : [...names].join(", ");
}

/** Without `le` there are no buckets left to compute a quantile of. */
function checkQuantile(query: string, node: SyntaxNode): QueryProblem[] {
  const identifier = node.firstChild;
  if (!identifier || query.slice(identifier.from, identifier.to) !== "histogram_quantile")
    return [];
  const buckets = argumentsOf(node)[1];
  if (!buckets) return [];
  const labels = labelsOf(query, buckets);
  // Native histograms have no le, and no _bucket in their name.
  const isClassic = /_bucket\b/.test(query.slice(buckets.from, buckets.to));
  if (labels.kind !== "known" || labels.names.has("le") || !isClassic) return [];
  const kept = [...labels.names, "le"].join(", ");
  return [
    {
      check: "promql-quantile-le",
      message: "histogram_quantile needs the label le, and it is aggregated away",
      advice: `sum by (${kept}) (...)`,
      from: buckets.from,
      to: buckets.to,
    },
  ];
}
