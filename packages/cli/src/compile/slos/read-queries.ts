import { parser as logqlParser } from "@grafana/lezer-logql";
import type { Tree } from "@lezer/common";
import { parser as promqlParser } from "@prometheus-io/lezer-promql";

export type QueryResult =
  | { readonly status: "ok"; readonly query: string }
  | { readonly status: "invalid"; readonly message: string };

/** A PromQL selector of series, without a range and without functions around it. */
export function asSelector(text: string): QueryResult {
  const query = text.trim();
  const tree = promqlParser.parse(query);
  const fault = syntaxFault(tree, query);
  if (fault !== undefined) return invalid(query, fault);
  const outer = tree.topNode.firstChild;
  const isSelector = outer?.name === "VectorSelector" && outer.to === query.length;
  return isSelector ? { status: "ok", query } : invalid(query, "is no selector of series");
}

/** A LogQL query that gives lines. */
export function asLineQuery(text: string): QueryResult {
  const query = text.trim();
  const tree = logqlParser.parse(query);
  const fault = syntaxFault(tree, query);
  if (fault !== undefined) return invalid(query, fault);
  const outer = tree.topNode.firstChild;
  if (outer?.firstChild?.name !== "LogExpr") return invalid(query, "gives a number and no lines");
  // More is put behind it.
  if (outer.to !== query.length) return invalid(query, "ends with a comment");
  return { status: "ok", query };
}

function syntaxFault(tree: Tree, query: string): string | undefined {
  if (query === "") return "is empty";
  let wrongAt: number | undefined;
  tree.iterate({
    enter(node) {
      if (node.type.isError) wrongAt ??= node.from;
    },
  });
  return wrongAt === undefined ? undefined : `cannot be read from character ${wrongAt + 1} on`;
}

function invalid(query: string, what: string): { status: "invalid"; message: string } {
  const shown = query.length > 120 ? `${query.slice(0, 120)}…` : query;
  return { status: "invalid", message: `"${shown}" ${what}` };
}
