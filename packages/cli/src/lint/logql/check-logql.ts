import type { SyntaxNode } from "@lezer/common";
import { closestName, LOKI_LABEL } from "@sightline/core";
import { shorten } from "../../spec/describe-value.ts";
import type { QueryProblem, QueryRole } from "../problem.ts";
import { missingBracket } from "../promql/check-promql.ts";
import { childrenOf, findAll, firstError, unquote } from "../query-text.ts";
import { findRe2Fault, refusesEmpty } from "../re2.ts";
import { findAggregationProblems } from "./check-aggregations.ts";
import { parseLogql } from "./parse-logql.ts";

const STREAM_LABELS: readonly string[] = Object.values(LOKI_LABEL);
/** As many values as lines or users: Loki answers 500 series at most. */
const ENDLESS_LABELS = new Set(["trace_id", "span_id", "session_id", "user_hash", "request_id"]);
const COMPARISONS = new Set(["Eq", "Eql", "Neq", "Gtr", "Lss", "Gte", "Lte"]);
const FUNCTIONS = (
  "rate rate_counter count_over_time bytes_rate bytes_over_time absent_over_time sum_over_time avg_over_time " +
  "max_over_time min_over_time first_over_time last_over_time stdvar_over_time stddev_over_time " +
  "quantile_over_time sum avg min max count topk bottomk approx_topk stddev stdvar sort sort_desc " +
  "label_replace vector"
).split(" ");

export interface LogqlOptions {
  readonly role: QueryRole;
}

export function checkLogql(query: string, { role }: LogqlOptions): readonly QueryProblem[] {
  if (query.trim() === "") {
    return [{ check: "logql-syntax", message: "the query is empty", from: 0, to: 0 }];
  }
  const tree = parseLogql(query);
  const error = firstError(tree);
  if (error !== undefined) return [explainError(query, error)];
  const root = tree.topNode;
  return [
    ...checkKind(root, role),
    ...findAll(root, ["Selector"]).flatMap((node) => checkSelector(query, node)),
    ...findAggregationProblems(query, root),
    ...checkRegexes(query, root),
    ...findAll(root, ["RangeAggregationExpr"]).flatMap((node) => checkErrors(query, node)),
    ...findAll(root, ["Grouping"]).flatMap((node) => checkGrouping(query, node)),
    ...(role === "raw" ? checkCondition(root) : []),
  ];
}

function explainError(query: string, error: SyntaxNode): QueryProblem {
  const { from, to } = error;
  const problem = { check: "logql-syntax", from, to };
  const before = query.slice(0, from).trimEnd();
  if (error.parent?.name === "LogRangeExpr") {
    const message = "a range is missing: how far back to look";
    return { ...problem, message, advice: "write it behind the selection, such as [5m]" };
  }
  if (/^\{\s*\}/.test(query.slice(before.length - 1))) {
    const message = "{} selects everything; Loki refuses that";
    const advice = `name a label, such as {${LOKI_LABEL.serviceName}=~".+"}`;
    return { ...problem, check: "logql-selector", message, advice };
  }
  const unknown = /^([A-Za-z_]\w*)\s*(?:(?:by|without)\b[^(]*)?\(/.exec(query.slice(from))?.[1];
  if (unknown !== undefined && !FUNCTIONS.includes(unknown)) {
    const near = closestName(unknown, FUNCTIONS);
    const message = `Loki has no function "${shorten(unknown)}"`;
    return {
      ...problem,
      message,
      ...(near !== undefined && { advice: `did you mean "${near}"?` }),
    };
  }
  if (from === to) {
    const bracket = missingBracket(query);
    const what = bracket === undefined ? "something is missing" : `a "${bracket}" is missing`;
    const isEnd = before.length === query.trimEnd().length;
    const where = isEnd ? "at the end" : `before "${shorten(query.slice(from).trim())}"`;
    return { ...problem, message: `${what} ${where}` };
  }
  return { ...problem, message: `"${shorten(query.slice(from, to))}" is not expected here` };
}

/** Lines where a figure is needed, and the other way around. */
function checkKind(root: SyntaxNode, role: QueryRole): QueryProblem[] {
  const top = root.firstChild?.name === "Expr" ? root.firstChild.firstChild : root.firstChild;
  if (!top) return [];
  const { from, to } = top;
  if (role === "lines" && top.name === "MetricExpr") {
    const message = "this gives a figure; expected LogQL that selects lines";
    const advice =
      'leave out count_over_time and the like: `when` counts, as in "more than 5 in 10m"';
    return [{ check: "logql-kind", message, advice, from, to }];
  }
  if (role !== "lines" && top.name === "LogExpr") {
    const message = "this gives lines; an alert needs a figure";
    const advice = "count them: sum(count_over_time(... [5m])) > 0";
    return [{ check: "logql-kind", message, advice, from, to }];
  }
  return [];
}

interface MatcherText {
  readonly node: SyntaxNode;
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

function matchersOf(query: string, selector: SyntaxNode): MatcherText[] {
  return findAll(selector, ["Matcher"]).map((node) => {
    const [label, operator, value] = childrenOf(node);
    const text = (part: SyntaxNode | undefined) => (part ? query.slice(part.from, part.to) : "");
    return { node, label: text(label), operator: text(operator), value: unquote(text(value)) };
  });
}

function checkSelector(query: string, selector: SyntaxNode): QueryProblem[] {
  const { from, to } = selector;
  const matchers = matchersOf(query, selector);
  const problems = matchers.flatMap(checkStreamLabel);
  if (matchers.some(({ operator, value }) => refusesEmpty(operator, value))) return problems;
  const message = "each part of {} fits a missing label, too; Loki refuses that";
  const advice = `name one, such as {${LOKI_LABEL.serviceName}=~".+"}`;
  return [...problems, { check: "logql-selector", message, advice, from, to }];
}

function checkStreamLabel({ node, label, operator, value }: MatcherText): QueryProblem[] {
  if (STREAM_LABELS.includes(label)) return [];
  const near = closestName(label, STREAM_LABELS);
  const moved = `| ${label} ${operator} ${JSON.stringify(value)}`;
  return [
    {
      check: "logql-stream-label",
      message: `"${shorten(label)}" is no label of the streams; they have ${STREAM_LABELS.join(", ")}`,
      advice: near === undefined ? `behind {...}: ${moved}` : `did you mean "${near}"?`,
      from: node.from,
      to: node.to,
    },
  ];
}

function checkRegexes(query: string, root: SyntaxNode): QueryProblem[] {
  const holders = ["Matcher", "LineFilter", "LabelParser", "LabelReplaceExpr"];
  return findAll(root, holders).flatMap((node) => {
    const children = childrenOf(node);
    const isRegex = children.some(({ from, to }) =>
      ["=~", "!~", "|~", "regexp"].includes(query.slice(from, to)),
    );
    const literal =
      node.name === "LabelReplaceExpr"
        ? children.findLast(({ name }) => name === "String")
        : children.find(({ name }) => name === "String");
    if (!(isRegex || node.name === "LabelReplaceExpr") || !literal) return [];
    const { from, to } = literal;
    const pattern = unquote(query.slice(from, to));
    const why = findRe2Fault(pattern);
    if (why !== undefined) {
      const message = `"${shorten(pattern)}" is no regular expression of Loki: ${why}`;
      return [{ check: "regex", message, from, to }];
    }
    if (node.name === "LabelParser" && !/\(\?P?</.test(pattern)) {
      const message = "regexp takes fields out of a line, and this names none";
      return [{ check: "regex", message, advice: "name a group: (?P<field>...)", from, to }];
    }
    return [];
  });
}

/** One line that does not parse makes the whole query fail, and with it the alert. */
function checkErrors(query: string, range: SyntaxNode): QueryProblem[] {
  const [parser] = findAll(range, ["Json", "Unpack", "Unwrap"]);
  if (!parser || /\b__error__\b/.test(query.slice(range.from, range.to))) return [];
  const word = query.slice(parser.from, parser.to);
  return [
    {
      check: "logql-error-label",
      message: `one line that ${word} cannot read makes the whole query fail, so the alert is silent`,
      advice: `add | __error__="" behind ${word === "unwrap" ? "unwrap ..." : word}`,
      from: parser.from,
      to: parser.to,
    },
  ];
}

function checkGrouping(query: string, grouping: SyntaxNode): QueryProblem[] {
  if (!childrenOf(grouping).some(({ name }) => name === "By")) return [];
  return findAll(grouping, ["Identifier"]).flatMap(({ from, to }) => {
    const label = query.slice(from, to);
    if (!ENDLESS_LABELS.has(label)) return [];
    const message = `by (${label}) gives a series for each value; Loki answers at most 500`;
    const advice = "group by what has few values, such as fp, service_name or exception_type";
    return [{ check: "logql-many-series", message, advice, from, to }];
  });
}

function checkCondition(root: SyntaxNode): QueryProblem[] {
  const top = root.firstChild?.firstChild;
  if (top?.name !== "MetricExpr") return [];
  const [bool] = findAll(root, ["Bool"]);
  if (bool) {
    const message = "with bool the answer is 0 or 1 and always there, so this fires for ever";
    const { from, to } = bool;
    return [{ check: "logql-no-condition", message, advice: "leave out bool", from, to }];
  }
  const hasFilter = findAll(root, ["BinOpExpr"]).some((node) =>
    childrenOf(node).some(
      ({ name }) => COMPARISONS.has(name) || name === "And" || name === "Unless",
    ),
  );
  // No line at all is a condition of its own.
  if (hasFilter || findAll(root, ["AbsentOverTime"]).length > 0) return [];
  const message = "nothing is compared: this fires for each series that there is";
  const { from, to } = top;
  return [
    { check: "logql-no-condition", message, advice: "add a condition, such as > 5", from, to },
  ];
}
