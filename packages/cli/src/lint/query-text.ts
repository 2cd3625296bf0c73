import type { SyntaxNode, Tree } from "@lezer/common";

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

export function findAll(root: SyntaxNode, names: readonly string[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  root.cursor().iterate((ref) => {
    if (ref.from < root.from || ref.to > root.to) return false;
    if (names.includes(ref.name)) found.push(ref.node);
    return true;
  });
  return found;
}

export function firstError(tree: Tree): SyntaxNode | undefined {
  let first: SyntaxNode | undefined;
  tree.iterate({
    enter: (ref) => {
      if (ref.type.isError && (first === undefined || ref.from < first.from)) first = ref.node;
    },
  });
  return first;
}

/** The text of a literal in "double", 'single' or `back` quotes; Go's escapes as far as people use them. */
export function unquote(literal: string): string {
  const quote = literal[0];
  const inner = literal.slice(
    1,
    literal.length > 1 && literal.endsWith(quote ?? "") ? -1 : undefined,
  );
  if (quote === "`") return inner;
  return inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g,
    (_, hex: string | undefined, unicode: string | undefined, letter: string | undefined) => {
      const code = hex ?? unicode;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return ESCAPES.get(letter ?? "") ?? letter ?? "";
    },
  );
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
]);
