import type { SyntaxNode } from "@lezer/common";
import { childrenOf } from "../query-text.ts";

/** The labels that series of an expression carry, as far as the text alone says it. */
export type Labels =
  | { readonly kind: "known"; readonly names: ReadonlySet<string> }
  | { readonly kind: "unknown" }
  | { readonly kind: "scalar" };

const UNKNOWN: Labels = { kind: "unknown" };
const SCALAR: Labels = { kind: "scalar" };
const NONE: Labels = { kind: "known", names: new Set() };

const SCALAR_FUNCTIONS = new Set(["scalar", "time", "pi"]);
/** Their series keep the labels of the argument. */
const KEEPING = new Set([
  ..."abs ceil floor round sqrt exp ln log2 log10 sgn clamp clamp_min clamp_max".split(" "),
]);

export function labelsOf(query: string, node: SyntaxNode): Labels {
  const children = childrenOf(node);
  switch (node.name) {
    case "PromQL":
    case "ParenExpr":
    case "UnaryExpr":
    case "OffsetExpr":
    case "StepInvariantExpr": {
      const inner = children.find(isExpression);
      return inner ? labelsOf(query, inner) : UNKNOWN;
    }
    case "NumberDurationLiteral":
      return SCALAR;
    case "AggregateExpr":
      return labelsOfAggregate(query, children);
    case "FunctionCall":
      return labelsOfCall(query, children);
    case "BinaryExpr":
      return labelsOfBinary(query, children);
    default:
      return UNKNOWN;
  }
}

export function isExpression(node: SyntaxNode): boolean {
  return /Expr$|Literal$|^FunctionCall$|Selector$/.test(node.name) && node.name !== "DurationExpr";
}

export function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  const body = childrenOf(call).find(({ name }) => name === "FunctionCallBody");
  return body ? childrenOf(body).filter(isExpression) : [];
}

export function groupingOf(query: string, clause: SyntaxNode): ReadonlySet<string> {
  const labels = childrenOf(clause).find(({ name }) => name === "GroupingLabels");
  if (labels === undefined) return new Set();
  return new Set(
    childrenOf(labels).map(({ from, to }) => query.slice(from, to).replaceAll('"', "")),
  );
}

function labelsOfAggregate(query: string, children: readonly SyntaxNode[]): Labels {
  const operator = children.find(({ name }) => name === "AggregateOp");
  const word = operator && query.slice(operator.from, operator.to).toLowerCase();
  // They give series of their argument back, or a label of their own.
  if (word === undefined || /^(?:topk|bottomk|limitk|limit_ratio|count_values)$/.test(word)) {
    return UNKNOWN;
  }
  const modifier = children.find(({ name }) => name === "AggregateModifier");
  if (modifier === undefined) return NONE;
  const isBy = childrenOf(modifier).some(({ name }) => name === "By");
  return isBy ? { kind: "known", names: groupingOf(query, modifier) } : UNKNOWN;
}

function labelsOfCall(query: string, children: readonly SyntaxNode[]): Labels {
  const identifier = children[0];
  const call = identifier?.parent;
  if (!identifier || !call) return UNKNOWN;
  const name = query.slice(identifier.from, identifier.to);
  if (SCALAR_FUNCTIONS.has(name)) return SCALAR;
  if (name === "vector") return NONE;
  const [first, second] = argumentsOf(call);
  if (KEEPING.has(name) && first) return labelsOf(query, first);
  if (name === "histogram_quantile" && second) {
    const inner = labelsOf(query, second);
    if (inner.kind !== "known") return UNKNOWN;
    return { kind: "known", names: new Set([...inner.names].filter((label) => label !== "le")) };
  }
  return UNKNOWN;
}

function labelsOfBinary(query: string, children: readonly SyntaxNode[]): Labels {
  const [left, right] = children.filter(isExpression);
  if (!left || !right) return UNKNOWN;
  const sides = [labelsOf(query, left), labelsOf(query, right)] as const;
  if (sides[0].kind === "scalar") return sides[1];
  if (sides[1].kind === "scalar") return sides[0];
  const clause = children.find(({ name }) => name === "MatchingModifierClause");
  const words = clause ? childrenOf(clause).map(({ name }) => name) : [];
  if (children.some(({ name }) => name === "And" || name === "Unless")) return sides[0];
  if (children.some(({ name }) => name === "Or") || words.includes("Ignoring")) return UNKNOWN;
  if (words.some((word) => word === "GroupLeft" || word === "GroupRight")) return UNKNOWN;
  if (clause && words.includes("On")) return { kind: "known", names: groupingOf(query, clause) };
  return sides[0];
}
