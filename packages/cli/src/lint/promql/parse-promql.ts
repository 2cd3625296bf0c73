import { createRequire } from "node:module";
import type { Tree } from "@lezer/common";

// All by `require`: the type checker compares classes, and the packages' other form has its own.
const require = createRequire(import.meta.url);
const { parser } =
  require("@prometheus-io/lezer-promql") as typeof import("@prometheus-io/lezer-promql");
const { Parser } =
  require("@prometheus-io/codemirror-promql/dist/cjs/parser/parser.js") as typeof import("@prometheus-io/codemirror-promql/dist/cjs/parser/parser.js");
const { functionIdentifierTerms } =
  require("@prometheus-io/codemirror-promql/dist/cjs/complete/promql.terms.js") as typeof import("@prometheus-io/codemirror-promql/dist/cjs/complete/promql.terms.js");
const { EditorState } = require("@codemirror/state") as typeof import("@codemirror/state");

export const PROMQL_FUNCTIONS: readonly string[] = functionIdentifierTerms.map(
  ({ label }) => label,
);

export function parsePromql(query: string): Tree {
  return parser.parse(query);
}

export interface TypeFault {
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

/** What Prometheus' own parser for the web says of types and arguments. */
export function findTypeFaults(query: string): readonly TypeFault[] {
  const state = EditorState.create({ doc: query });
  const checker = new Parser(state as unknown as ConstructorParameters<typeof Parser>[0]);
  // An editor's tree is what it could read within 20 ms: on a busy machine half of a long query, in
  // which a subquery is no matrix. The checker gets the whole one instead.
  Object.assign(checker, { tree: parsePromql(query) });
  try {
    checker.analyze();
  } catch (error) {
    // It goes down a call for each operator of a chain. What Prometheus says of thousands is not known here.
    if (error instanceof RangeError) return [];
    throw error;
  }
  return checker
    .getDiagnostics()
    .filter(({ severity }) => severity === "error")
    .map(({ message, from, to }) => ({ message, from, to }));
}
