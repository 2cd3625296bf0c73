import { isPair, isScalar, isSeq, type Node, parseAllDocuments, visit } from "yaml";
import { parseReference } from "../../spec/reference.ts";
import { isSecretField } from "../../spec/secret-fields.ts";

/** `https://user:password@host`, wherever it stands. */
const CREDENTIALS = /(?<=:\/\/)[^/\s@"']+(?=@)/g;

/**
 * The lines of a file with each secret that was written out replaced, letter by letter, so that
 * columns stay. Undefined where the file cannot be taken apart: then no line of it is shown.
 */
export function hideSecrets(source: string): readonly string[] | undefined {
  try {
    return hide(source);
  } catch {
    return undefined;
  }
}

function hide(source: string): readonly string[] {
  const text = spansOf(source).reduce((hidden, { from, to }) => mask(hidden, from, to), source);
  return text.replaceAll(CREDENTIALS, (found) => "•".repeat(found.length)).split(/\r?\n/);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function spansOf(source: string): Span[] {
  const spans: Span[] = [];
  const documents = parseAllDocuments(source, {
    prettyErrors: false,
    merge: true,
    logLevel: "silent",
  });
  for (const document of Array.isArray(documents) ? documents : []) {
    visit(document, {
      Scalar: (key, node, ancestors) => {
        if (key === "key" || !node.range) return;
        const isReference = typeof node.value === "string" && parseReference(node.value);
        if (isReference || typeof node.value === "boolean") return;
        if (!isSecretField(pathOf(ancestors as Node[], node))) return;
        spans.push({ from: node.range[0], to: node.range[1] });
      },
    });
  }
  return spans;
}

/** Keys and indices from the top of the document to a node. */
function pathOf(ancestors: readonly unknown[], node: unknown): (string | number)[] {
  const chain = [...ancestors, node];
  return chain.flatMap((part, index): (string | number)[] => {
    const below = chain[index + 1];
    if (isPair(part)) return isScalar(part.key) ? [String(part.key.value)] : [];
    if (isSeq(part)) return [part.items.indexOf(below as never)];
    return [];
  });
}

function mask(text: string, from: number, to: number): string {
  const hidden = text.slice(from, to).replaceAll(/[^\r\n]/g, "•");
  return text.slice(0, from) + hidden + text.slice(to);
}
