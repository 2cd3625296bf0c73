import type { SyntaxNode } from "@lezer/common";
import { shorten } from "../../spec/describe-value.ts";
import type { QueryProblem } from "../problem.ts";
import { childrenOf, findAll, unquote } from "../query-text.ts";
import { refusesEmpty } from "../re2.ts";
import { argumentsOf } from "./labels-of.ts";

/**
 * Refused without --enable-feature=promql-experimental-functions, by Prometheus 3.16 itself; the
 * agreement with it is test/stack/lint-agrees.test.ts.
 */
const EXPERIMENTAL = new Set(
  (
    "histogram_quantiles double_exponential_smoothing end info mad_over_time ts_of_max_over_time " +
    "ts_of_min_over_time ts_of_first_over_time ts_of_last_over_time range sort_by_label sort_by_label_desc " +
    "start start_timestamp step limitk limit_ratio"
  ).split(" "),
);

const WITH_PARAMETER = new Set("topk bottomk quantile count_values limitk limit_ratio".split(" "));

/** What Prometheus refuses beyond what its parser for the web tells. */
export function findRefused(query: string, root: SyntaxNode): QueryProblem[] {
  return [
    ...findAll(root, ["MatrixSelector"]).flatMap((node) => checkRangeOf(query, node)),
    ...findAll(root, ["OffsetExpr", "StepInvariantExpr"]).flatMap((node) => checkShifted(node)),
    ...findAll(root, ["DurationExpr"]).flatMap((node) => checkDuration(query, node)),
    ...findAll(root, ["VectorSelector"]).flatMap((node) => checkSelector(query, node)),
    ...findAll(root, ["AggregateExpr"]).flatMap((node) => checkArguments(query, node)),
    ...findAll(root, ["FunctionIdentifier", "AggregateOp"]).flatMap((node) =>
      checkExperimental(query, node),
    ),
  ];
}

function checkRangeOf(query: string, matrix: SyntaxNode): QueryProblem[] {
  const inner = matrix.firstChild;
  if (!inner || inner.name === "VectorSelector") return [];
  const { from, to } = matrix;
  const duration = childrenOf(matrix).find(({ name }) => name === "DurationExpr");
  const text = duration ? query.slice(duration.from, duration.to) : "5m";
  const message = "a range is only for a selector, and this is computed";
  return [{ check: "promql-type", message, advice: `a subquery: [${text}:]`, from, to }];
}

const SHIFTABLE =
  /^(?:VectorSelector|MatrixSelector|SubqueryExpr|OffsetExpr|StepInvariantExpr|SmoothedExpr|AnchoredExpr)$/;

/** `a and b offset 5m` shifts b alone, which the grammar's tree does not show: it has the whole below the offset. */
function shiftedBy({ firstChild }: SyntaxNode): SyntaxNode | null {
  let inner = firstChild;
  while (inner?.name === "BinaryExpr") inner = inner.lastChild;
  return inner;
}

function checkShifted(node: SyntaxNode): QueryProblem[] {
  const inner = shiftedBy(node);
  if (!inner || SHIFTABLE.test(inner.name)) return [];
  const word = node.name === "OffsetExpr" ? "offset" : "@";
  const message = `${word} stands behind a selector, and this is computed`;
  const advice = `write ${word} behind the selector itself, or make a subquery of it`;
  return [{ check: "promql-type", message, advice, from: node.from, to: node.to }];
}

function checkDuration(query: string, node: SyntaxNode): QueryProblem[] {
  const text = query.slice(node.from, node.to);
  const isOffset = node.parent?.name === "OffsetExpr";
  if (isOffset || !/^(?:-|0+(?:ms|[smhdwy])?$)/.test(text)) return [];
  const message = `[${shorten(text)}] is no time at all`;
  return [{ check: "promql-type", message, from: node.from, to: node.to }];
}

/** `{a=~".*"}`: without a name, one part must ask for something. */
function checkSelector(query: string, node: SyntaxNode): QueryProblem[] {
  const children = childrenOf(node);
  if (children.some(({ name }) => name === "Identifier")) return [];
  const matchers = findAll(node, ["UnquotedLabelMatcher", "QuotedLabelMatcher"]);
  const hasName = findAll(node, ["QuotedLabelName"]).some(
    ({ parent }) => parent?.name !== "QuotedLabelMatcher",
  );
  // `{}` is told by the parser.
  if (hasName || matchers.length === 0 || matchers.some((it) => refusesMissing(query, it)))
    return [];
  const message = "each part of {} fits a missing label, too; Prometheus refuses that";
  return [{ check: "promql-type", message, from: node.from, to: node.to }];
}

function refusesMissing(query: string, matcher: SyntaxNode): boolean {
  const [, operator, literal] = childrenOf(matcher);
  const value = literal ? unquote(query.slice(literal.from, literal.to)) : "";
  return refusesEmpty(operator ? query.slice(operator.from, operator.to) : "", value);
}

/** That a parameter is missing, the parser for the web says; not that there is one too many. */
function checkArguments(query: string, node: SyntaxNode): QueryProblem[] {
  const operator = node.firstChild;
  const name = operator ? query.slice(operator.from, operator.to).toLowerCase() : "";
  const given = argumentsOf(node).length;
  if (WITH_PARAMETER.has(name) || given <= 1) return [];
  const message = `${name} takes one argument, and here are ${given}`;
  return [{ check: "promql-type", message, from: node.from, to: node.to }];
}

function checkExperimental(query: string, { from, to }: SyntaxNode): QueryProblem[] {
  const name = query.slice(from, to);
  if (!EXPERIMENTAL.has(name)) return [];
  const message = `${name} is experimental: Prometheus refuses it unless it was started for it`;
  const advice = "--enable-feature=promql-experimental-functions; Sightline's stack has it not";
  return [{ check: "experimental", message, advice, from, to }];
}
