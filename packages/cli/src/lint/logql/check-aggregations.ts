import type { SyntaxNode } from "@lezer/common";
import type { QueryProblem } from "../problem.ts";
import { childrenOf, findAll } from "../query-text.ts";

/** As Loki has it: pkg/logql/syntax/ast.go, RangeAggregationExpr.validate and VectorAggregationExpr. */
const NEEDS_UNWRAP = new Set(
  (
    "sum_over_time avg_over_time max_over_time min_over_time first_over_time last_over_time " +
    "stdvar_over_time stddev_over_time quantile_over_time rate_counter"
  ).split(" "),
);
const REFUSES_UNWRAP = new Set(["count_over_time", "bytes_rate", "bytes_over_time"]);
const TAKES_GROUPING = new Set(
  (
    "avg_over_time max_over_time min_over_time first_over_time last_over_time stdvar_over_time " +
    "stddev_over_time quantile_over_time"
  ).split(" "),
);
const NEEDS_NUMBER = new Set(["topk", "bottomk", "approx_topk", "quantile_over_time"]);

/** Functions with and without unwrap, by(...) and a number, in ways that Loki refuses. */
export function findAggregationProblems(query: string, root: SyntaxNode): QueryProblem[] {
  return [
    ...findAll(root, ["RangeAggregationExpr"]).flatMap((node) => checkRange(query, node)),
    ...findAll(root, ["VectorAggregationExpr"]).flatMap((node) => [
      ...checkNumber(query, node),
      ...checkApproximate(query, node),
      ...checkSorted(query, node),
    ]),
    ...findAll(root, ["BinOpExpr"]).flatMap(checkSides),
  ];
}

/** A comparison of lines with a figure: the grammar lets it through, Loki does not. */
function checkSides(node: SyntaxNode): QueryProblem[] {
  return childrenOf(node).flatMap((side) => {
    const inner = side.name === "Expr" ? side.firstChild : undefined;
    if (inner?.name !== "LogExpr") return [];
    const message = "these are lines, and an operator needs figures";
    const advice = "count them: count_over_time(... [5m])";
    return [{ check: "logql-syntax", message, advice, from: inner.from, to: inner.to }];
  });
}

function checkRange(query: string, node: SyntaxNode): QueryProblem[] {
  const name = nameOf(query, node);
  const problem = { check: "logql-syntax", from: node.from, to: node.to };
  const hasUnwrap = findAll(node, ["UnwrapExpr"]).length > 0;
  const hasGrouping = childrenOf(node).some((child) => child.name === "Grouping");
  const problems = checkNumber(query, node);
  if (NEEDS_UNWRAP.has(name) && !hasUnwrap) {
    const message = `${name} computes with a field, and none is unwrapped`;
    const advice = 'before the range: | unwrap <field> | __error__=""';
    problems.push({ ...problem, message, advice });
  }
  if (REFUSES_UNWRAP.has(name) && hasUnwrap) {
    const message = `${name} counts lines, and unwrap gives figures`;
    problems.push({ ...problem, message, advice: "leave out unwrap, or write sum_over_time" });
  }
  if (hasGrouping && !TAKES_GROUPING.has(name)) {
    const message = `${name} takes no by (...)`;
    problems.push({ ...problem, message, advice: `sum by (...) (${name}(...))` });
  }
  return problems;
}

function checkNumber(query: string, node: SyntaxNode): QueryProblem[] {
  const name = nameOf(query, node);
  const hasNumber = childrenOf(node).some((child) => child.name === "Number");
  if (hasNumber === NEEDS_NUMBER.has(name)) return [];
  const message = hasNumber ? `${name} takes no number` : `${name} needs a number first`;
  const example = name === "quantile_over_time" ? "0.95" : "5";
  const advice = hasNumber ? undefined : `${name}(${example}, ...)`;
  const problem = { check: "logql-syntax", message, from: node.from, to: node.to };
  return [advice === undefined ? problem : { ...problem, advice }];
}

function nameOf(query: string, node: SyntaxNode): string {
  const operator = childrenOf(node).find(({ name }) => name === "RangeOp" || name === "VectorOp");
  return operator ? (/^\w+/.exec(query.slice(operator.from, operator.from + 40))?.[0] ?? "") : "";
}

/** https://grafana.com/docs/loki/latest/query/metric_queries/#probabilistic-aggregation */
function checkApproximate(query: string, node: SyntaxNode): QueryProblem[] {
  if (nameOf(query, node) !== "approx_topk") return [];
  const message = "Loki computes approx_topk only where limits_config.shard_aggregations has it";
  const { from, to } = node;
  return [{ check: "experimental", message, advice: "topk is exact, and always there", from, to }];
}

function checkSorted(query: string, node: SyntaxNode): QueryProblem[] {
  const name = nameOf(query, node);
  const hasGrouping = childrenOf(node).some((child) => child.name === "Grouping");
  if (!name.startsWith("sort") || !hasGrouping) return [];
  const message = `${name} takes no by (...)`;
  return [{ check: "logql-syntax", message, from: node.from, to: node.to }];
}
