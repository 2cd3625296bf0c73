import type { SyntaxNode } from "@lezer/common";
import { formatDuration, parseDuration } from "@sightline/core";
import type { QueryProblem } from "../problem.ts";
import { childrenOf, findAll } from "../query-text.ts";
import type { PromqlOptions } from "./check-promql.ts";
import { isExpression } from "./labels-of.ts";

/** They take what only grows. */
const COUNTER_FUNCTIONS = new Set(["rate", "increase", "irate", "resets"]);
/** What only grows may stand in these, too. */
const COUNTER_FRIENDS = new Set([
  ...COUNTER_FUNCTIONS,
  "absent",
  "changes",
  "timestamp",
  "delta",
  "idelta",
  "count",
  "group",
]);
/** Not _count and _sum: there are gauges that are called so. */
const COUNTER_NAME = /_(?:total|bucket)$/;
const GAUGE_NAME =
  /(?:_(?:ratio|percent|celsius|info|current|usage|limit|bytes|timestamp_seconds)|^up)$/;
const COMPARISONS = new Set(["Eql", "Neq", "Gtr", "Lss", "Gte", "Lte"]);
const ABSENCE = new Set(["absent", "absent_over_time"]);

/** What parses and yet does something else than was meant. */
export function findSmells(
  query: string,
  root: SyntaxNode,
  options: PromqlOptions,
): QueryProblem[] {
  return [
    ...findAll(root, ["VectorSelector"]).flatMap((node) => checkCounter(query, node)),
    ...findAll(root, ["MatrixSelector"]).flatMap((node) => checkRange(query, node, options)),
    ...(options.role === "raw" ? checkCondition(query, root) : []),
  ];
}

function checkCounter(query: string, selector: SyntaxNode): QueryProblem[] {
  const name = metricOf(query, selector);
  if (name === undefined) return [];
  const around = functionsAround(query, selector);
  const { from, to } = selector;
  const taker = around.find((word) => COUNTER_FUNCTIONS.has(word));
  if (taker !== undefined && GAUGE_NAME.test(name) && !COUNTER_NAME.test(name)) {
    const message = `${taker}() is for what only grows, and ${name} goes up and down`;
    const advice = "deriv() or delta() tell how a gauge changes";
    return [{ check: "promql-rate-of-gauge", message, advice, from, to }];
  }
  const isCounter = COUNTER_NAME.test(name);
  // A ratio of two counters is of all time since the start; that is rarely what is meant either.
  if (!isCounter || around.some(takesCounters)) return [];
  const message = `${name} only grows while the process lives; its value itself says little`;
  return [
    { check: "promql-counter", message, advice: `rate(${name}[5m]) or increase(...)`, from, to },
  ];
}

function takesCounters(word: string): boolean {
  return COUNTER_FRIENDS.has(word) || word.endsWith("_over_time");
}

function metricOf(query: string, selector: SyntaxNode): string | undefined {
  const identifier = childrenOf(selector).find(({ name }) => name === "Identifier");
  return identifier && query.slice(identifier.from, identifier.to);
}

/** Names of the functions and aggregations that a part stands in, the innermost first. */
function functionsAround(query: string, node: SyntaxNode): string[] {
  const words: string[] = [];
  for (let at = node.parent; at; at = at.parent) {
    const identifier = at.firstChild;
    if (!identifier) continue;
    if (at.name === "FunctionCall" || at.name === "AggregateExpr") {
      words.push(query.slice(identifier.from, identifier.to).toLowerCase());
    }
  }
  return words;
}

function checkRange(
  query: string,
  matrix: SyntaxNode,
  { scrapeMillis }: PromqlOptions,
): QueryProblem[] {
  const duration = childrenOf(matrix).find(({ name }) => name === "DurationExpr");
  if (!duration) return [];
  const text = query.slice(duration.from, duration.to);
  const parsed = parseDuration(text);
  if (parsed.status !== "ok" || parsed.millis >= 2 * scrapeMillis) return [];
  const needsTwo = functionsAround(query, matrix).some((word) =>
    /^(?:rate|increase|irate|delta|idelta|deriv|predict_linear|changes|resets)$/.test(word),
  );
  if (!needsTwo) return [];
  return [
    {
      check: "promql-short-range",
      message: `[${text}] holds fewer than two samples: targets are asked every ${formatDuration(scrapeMillis)}`,
      advice: `at least [${formatDuration(4 * scrapeMillis).replaceAll(" ", "")}]`,
      from: duration.from,
      to: duration.to,
    },
  ];
}

/** An alert fires for each series of the answer, whatever its value. */
function checkCondition(query: string, root: SyntaxNode): QueryProblem[] {
  const top = root.firstChild;
  if (!top) return [];
  const bool = findAll(root, ["BoolModifier"]).find((node) => isAlwaysThere(node.parent, root));
  if (bool) {
    const message = "with bool the answer is 0 or 1 and always there, so this fires for ever";
    const advice = "leave out bool";
    return [{ check: "promql-no-condition", message, advice, from: bool.from, to: bool.to }];
  }
  if (hasCondition(query, top)) return [];
  return [
    {
      check: "promql-no-condition",
      message: "nothing is compared: this fires for each series that there is",
      advice: "add a condition, such as > 5",
      from: top.from,
      to: top.to,
    },
  ];
}

/** Whether nothing around it could take series away. */
function isAlwaysThere(node: SyntaxNode | null, root: SyntaxNode): boolean {
  for (let at = node?.parent; at && at.from >= root.from; at = at.parent) {
    if (at.name === "PromQL") return true;
    if (at.name !== "ParenExpr") return false;
  }
  return true;
}

function hasCondition(query: string, node: SyntaxNode): boolean {
  const children = childrenOf(node);
  if (node.name === "BinaryExpr") {
    const isFilter = children.some(
      ({ name }) => COMPARISONS.has(name) || name === "And" || name === "Unless",
    );
    return isFilter || children.filter(isExpression).some((child) => hasCondition(query, child));
  }
  if (node.name === "FunctionCall") {
    const name = query.slice(children[0]?.from, children[0]?.to);
    // ALERTS and what was recorded by people may be filters in themselves, but not their functions.
    if (ABSENCE.has(name)) return true;
  }
  if (/^(?:VectorSelector)$/.test(node.name))
    return metricOf(query, node)?.startsWith("ALERTS") === true;
  return children.some((child) => hasCondition(query, child));
}
