const REFERENCE = /\$\{([^{}]{0,1000})\}/g;
const KNOWN = /^(?:env:[A-Za-z_]\w{0,200}|file:\/[^{}]{1,900})$/;

/** One piece of a text with references in it. */
export type TextPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "file"; readonly path: string };

/** Why the references in a text cannot be read; undefined if they can, or there is none. */
export function findReferenceProblem(text: string): string | undefined {
  const wrong = [...text.matchAll(REFERENCE)].find(([, inner = ""]) => !KNOWN.test(inner));
  const isOpen = text.replaceAll(REFERENCE, "").includes("${");
  if (wrong === undefined && !isOpen) return undefined;
  // The name of a reference is no secret, what stands around it may be one.
  const got = wrong === undefined ? 'an open "${"' : `"${wrong[0].slice(0, 80)}"`;
  return `expected "\${env:NAME}" or "\${file:/absolute/path}", got ${got}`;
}

/** Splits a text that {@link findReferenceProblem} has accepted. */
export function parseReferences(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const found of text.matchAll(REFERENCE)) {
    const inner = found[1] ?? "";
    if (found.index > end) parts.push({ kind: "text", text: text.slice(end, found.index) });
    parts.push(
      inner.startsWith("env:")
        ? { kind: "env", name: inner.slice("env:".length) }
        : { kind: "file", path: inner.slice("file:".length) },
    );
    end = found.index + found[0].length;
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}
