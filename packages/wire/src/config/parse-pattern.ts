/** What a regular expression is made of, as far as its running time depends on it. */
export type PatternNode =
  /** One character out of a set. */
  | { readonly kind: "character"; readonly source: string }
  | { readonly kind: "start" }
  /** Takes no character: `$`, `\b`. */
  | { readonly kind: "empty" }
  | { readonly kind: "backreference" }
  | { readonly kind: "group"; readonly alternatives: readonly PatternSequence[] }
  | {
      readonly kind: "repeat";
      readonly of: PatternNode;
      readonly min: number;
      /** `Infinity` for `*` and `+`. */
      readonly max: number;
    };
export type PatternSequence = readonly PatternNode[];

/**
 * Parses the source of an expression that `RegExp` has accepted; without that, the result means
 * nothing. Look-around counts as a group: what is in it is run like any other.
 */
export function parsePattern(source: string): readonly PatternSequence[] {
  const reader = { source, at: 0 };
  return readAlternatives(reader);
}

interface Reader {
  readonly source: string;
  at: number;
}

function readAlternatives(reader: Reader): PatternSequence[] {
  const alternatives: PatternNode[][] = [[]];
  while (reader.at < reader.source.length && reader.source[reader.at] !== ")") {
    if (reader.source[reader.at] === "|") {
      reader.at += 1;
      alternatives.push([]);
    } else {
      alternatives.at(-1)?.push(readRepeated(reader));
    }
  }
  return alternatives;
}

function readRepeated(reader: Reader): PatternNode {
  const of = readAtom(reader);
  const bounds = readQuantifier(reader);
  return bounds === undefined ? of : { kind: "repeat", of, ...bounds };
}

const QUANTIFIER = /(?:([*+?])|\{(\d{1,9})(,?)(\d{0,9})\})\??/y;

function readQuantifier(reader: Reader): { min: number; max: number } | undefined {
  QUANTIFIER.lastIndex = reader.at;
  const found = QUANTIFIER.exec(reader.source);
  if (found === null) return undefined;
  reader.at = QUANTIFIER.lastIndex;
  const [, sign, min = "", comma, max] = found;
  if (sign === "?") return { min: 0, max: 1 };
  if (sign !== undefined) return { min: sign === "+" ? 1 : 0, max: Number.POSITIVE_INFINITY };
  if (comma === "") return { min: Number(min), max: Number(min) };
  return { min: Number(min), max: max ? Number(max) : Number.POSITIVE_INFINITY };
}

const GROUP_START = /\((?:\?(?::|<?[=!]|<[^>]{1,200}>|[a-z-]{1,8}:))?/y;

function readAtom(reader: Reader): PatternNode {
  const { source } = reader;
  switch (source[reader.at]) {
    case "(":
      return readGroup(reader);
    case "[":
      return { kind: "character", source: take(reader, classEnd(source, reader.at)) };
    case "\\":
      return readEscape(reader);
    case "^":
      reader.at += 1;
      return { kind: "start" };
    case "$":
      reader.at += 1;
      return { kind: "empty" };
    default:
      return { kind: "character", source: take(reader, reader.at + 1) };
  }
}

function readGroup(reader: Reader): PatternNode {
  GROUP_START.lastIndex = reader.at;
  GROUP_START.exec(reader.source);
  reader.at = GROUP_START.lastIndex;
  const alternatives = readAlternatives(reader);
  reader.at += 1;
  return { kind: "group", alternatives };
}

const ESCAPE = /\\(?:k<[^>]{1,200}>|[1-9]\d{0,8}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[A-Za-z]|[\s\S])/y;

function readEscape(reader: Reader): PatternNode {
  ESCAPE.lastIndex = reader.at;
  ESCAPE.exec(reader.source);
  const text = take(reader, ESCAPE.lastIndex);
  if (text === "\\b" || text === "\\B") return { kind: "empty" };
  if (/^\\(?:k<|[1-9])/.test(text)) return { kind: "backreference" };
  return { kind: "character", source: text };
}

function classEnd(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length && source[at] !== "]") at += source[at] === "\\" ? 2 : 1;
  return at + 1;
}

function take(reader: Reader, end: number): string {
  const text = reader.source.slice(reader.at, end);
  reader.at = end;
  return text;
}
