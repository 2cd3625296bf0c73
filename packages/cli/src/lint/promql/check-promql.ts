import type { SyntaxNode } from "@lezer/common";
import { closestName } from "@sightline/core";
import { shorten } from "../../spec/describe-value.ts";
import type { QueryProblem, QueryRole } from "../problem.ts";
import { findAll, firstError, unquote } from "../query-text.ts";
import { findRe2Fault } from "../re2.ts";
import { findMatchingProblems } from "./check-matching.ts";
import { findRefused } from "./check-refused.ts";
import { findSmells } from "./check-smells.ts";
import { findTypeFaults, PROMQL_FUNCTIONS, parsePromql } from "./parse-promql.ts";

/** Removed or renamed: https://prometheus.io/docs/prometheus/latest/migration/ */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["holt_winters", "double_exponential_smoothing"],
]);

export interface PromqlOptions {
  readonly role: QueryRole;
  /** How often the targets are asked; ranges need two samples. */
  readonly scrapeMillis: number;
}

/** Errors first: a text that does not parse is not judged further. */
export function checkPromql(query: string, options: PromqlOptions): readonly QueryProblem[] {
  const tree = parsePromql(query);
  const error = firstError(tree);
  if (error !== undefined) return [explainError(query, error)];
  const root = tree.topNode;
  return [
    ...findTypeFaults(query).map((fault) => ({ check: "promql-type", ...fault })),
    ...findRefused(query, root),
    ...findRegexProblems(query, root),
    ...findMatchingProblems(query, root),
    ...findSmells(query, root, options),
  ];
}

function explainError(query: string, error: SyntaxNode): QueryProblem {
  const { from, to } = error;
  const problem = { check: "promql-syntax", from, to: Math.max(to, from) };
  if (query.trim() === "") return { ...problem, message: "the query is empty" };
  const before = query.slice(0, from).trimEnd();
  const unknown = /([A-Za-z_]\w*)$/.exec(before)?.[1];
  if (query.slice(from).trimStart().startsWith("(") && unknown !== undefined) {
    const near =
      RENAMED.get(unknown) ??
      PROMQL_FUNCTIONS.find(
        (name) => name.startsWith(unknown) && name.length === unknown.length + 1,
      ) ??
      closestName(unknown, PROMQL_FUNCTIONS);
    return {
      ...problem,
      from: before.length - unknown.length,
      to: before.length,
      message: `Prometheus has no function "${shorten(unknown)}"`,
      ...(near !== undefined && { advice: `did you mean "${near}"?` }),
    };
  }
  if (from === to) {
    const bracket = missingBracket(query);
    const what = bracket === undefined ? "something is missing" : `a "${bracket}" is missing`;
    const where =
      before.length === query.trimEnd().length
        ? "at the end"
        : `before "${shorten(query.slice(from).trim())}"`;
    return { ...problem, message: `${what} ${where}` };
  }
  return { ...problem, message: `"${shorten(query.slice(from, to))}" is not expected here` };
}

/** The bracket that is open at the end, quotes left out. */
export function missingBracket(query: string): string | undefined {
  const open: string[] = [];
  const code = query.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g, "");
  for (const letter of code) {
    if ("([{".includes(letter)) open.push(letter);
    else if (")]}".includes(letter)) open.pop();
  }
  const last = open.pop();
  return last === undefined ? undefined : ")]}"["([{".indexOf(last)];
}

function findRegexProblems(query: string, root: SyntaxNode): QueryProblem[] {
  return findAll(root, ["EqlRegex", "NeqRegex"]).flatMap((operator) => {
    const literal = operator.parent?.nextSibling;
    if (literal?.name !== "StringLiteral") return [];
    const pattern = unquote(query.slice(literal.from, literal.to));
    const { from, to } = literal;
    const why = findRe2Fault(pattern);
    if (why !== undefined) {
      const message = `"${shorten(pattern)}" is no regular expression of Prometheus: ${why}`;
      return [{ check: "regex", message, from, to }];
    }
    if (operator.name === "EqlRegex" && pattern === ".*") {
      const label = operator.parent?.parent?.firstChild;
      const name = label ? query.slice(label.from, label.to) : "it";
      const message = `${name}=~".*" fits every series, also those without ${name}`;
      const advice = `leave it out, or write ${name}=~".+"`;
      return [{ check: "promql-matches-all", message, advice, from, to }];
    }
    return [];
  });
}
