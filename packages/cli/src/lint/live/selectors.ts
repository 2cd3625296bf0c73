import { parseLogql } from "../logql/parse-logql.ts";
import { parsePromql } from "../promql/parse-promql.ts";
import { childrenOf, findAll, firstError, unquote } from "../query-text.ts";

export interface SelectorMatcher {
  readonly label: string;
  /** As written: `job="api"`. */
  readonly text: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  /** As the API takes it for match[]. */
  readonly text: string;
  /** Of Prometheus. */
  readonly metric: string | undefined;
  readonly matchers: readonly SelectorMatcher[];
}

/** What a query reads; each selector once. Of a query that does not parse: nothing. */
export function promqlSelectors(query: string): readonly Selector[] {
  const tree = parsePromql(query);
  if (firstError(tree)) return [];
  const selectors = findAll(tree.topNode, ["VectorSelector"]).map((node): Selector => {
    const name = childrenOf(node).find((child) => child.name === "Identifier");
    const matchers = findAll(node, ["UnquotedLabelMatcher", "QuotedLabelMatcher"]).map(
      (matcher) => {
        const [label, operator, value] = childrenOf(matcher);
        return toMatcher(query, matcher, label, operator, value);
      },
    );
    return {
      text: query.slice(node.from, node.to),
      metric: name && query.slice(name.from, name.to),
      matchers,
    };
  });
  return unique(selectors);
}

export function logqlSelectors(query: string): readonly Selector[] {
  const tree = parseLogql(query);
  if (firstError(tree)) return [];
  const selectors = findAll(tree.topNode, ["Selector"]).map((node): Selector => {
    const matchers = findAll(node, ["Matcher"]).map((matcher) => {
      const [label, operator, value] = childrenOf(matcher);
      return toMatcher(query, matcher, label, operator, value);
    });
    return { text: query.slice(node.from, node.to), metric: undefined, matchers };
  });
  return unique(selectors);
}

type Part = { readonly from: number; readonly to: number } | undefined;

function toMatcher(
  query: string,
  whole: { readonly from: number; readonly to: number },
  label: Part,
  operator: Part,
  value: Part,
): SelectorMatcher {
  const text = (part: Part) => (part ? query.slice(part.from, part.to) : "");
  return {
    label: unquote(`"${text(label).replaceAll('"', "")}"`),
    text: query.slice(whole.from, whole.to),
    operator: text(operator),
    value: unquote(text(value)),
  };
}

function unique(selectors: readonly Selector[]): readonly Selector[] {
  return [...new Map(selectors.map((selector) => [selector.text, selector])).values()];
}
