const invalid = (message: string) => ({ status: "invalid", message }) as const;

export type RegExpResult =
  | { readonly status: "ok"; readonly regExp: RegExp }
  | { readonly status: "invalid"; readonly message: string };

/**
 * A regular expression of RE2, anchored as matchers are, as one of JavaScript. What only one of the
 * two knows is refused: look-around and back references (RE2 has none), and RE2's rare forms.
 */
export function toRegExp(pattern: string): RegExpResult {
  const refuse = (why: string) =>
    invalid(
      `the regular expression ${JSON.stringify(pattern)} ${why}; expected RE2 (github.com/google/re2/wiki/Syntax)`,
    );
  const flags = /^\(\?([is]+)\)/.exec(pattern);
  const rest = flags ? pattern.slice(flags[0].length) : pattern;
  if (/\(\?[=!]|\(\?<[=!]/.test(rest)) return refuse("looks ahead or behind");
  if (/(^|[^\\])(\\\\)*\\([1-9]|k<)/.test(rest)) return refuse("refers back to a group");
  if (/\(\?[a-zA-Z-]*[imsU]/.test(rest)) return refuse("has flags that are not at its beginning");
  if (/(^|[^\\])(\\\\)*\\[CQEzAK]/.test(rest)) return refuse("has a rare escape");
  if (
    [...rest.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].some(
      ([, from, to]) => Number(from) > 1000 || Number(to) > 1000,
    )
  ) {
    return refuse("repeats more than 1000 times");
  }
  if (/[*+?}][+]/.test(rest.replace(/\\./g, ""))) return refuse("is possessive");
  try {
    const given = flags?.[1] ?? "";
    const source = toJavaScript(rest, given.includes("s"));
    return {
      status: "ok",
      regExp: new RegExp(`^(?:${source})$`, given.includes("i") ? "iu" : "u"),
    };
  } catch (error) {
    return refuse(`cannot be read (${String((error as Error).message).replace(/^.*: /, "")})`);
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  digit: "0-9",
  lower: "a-z",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
  punct: "!-\\/:-@\\[-`{-~",
};

const SPACES_OF_JAVASCRIPT_ALONE =
  "\\v\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";

/** A piece of RE2's syntax, sticky, and the same in JavaScript's with the flag u. The first that fits. */
type Rule = readonly [
  pattern: RegExp,
  write: (match: RegExpExecArray, dotIsAll: boolean) => string,
];

const refused = (): string => {
  throw new Error("unknown escape");
};
const same: Rule[1] = ([text]) => text;
const literal: Rule[1] = ([, letter = ""]) =>
  /[\^$\\.*+?()[\]{}|/]/.test(letter) ? `\\${letter}` : letter;

/** The same in a class and outside of one. */
const ESCAPES: readonly Rule[] = [
  [
    /\\([pP])(\{\^?\w+\}|\w)/y,
    ([, p, name = ""]) => `\\${p}${name.length === 1 ? `{${name}}` : name}`,
  ],
  [/\\x(\{[0-9A-Fa-f]+\})/y, ([, code]) => `\\u${code}`],
  [/\\a/y, () => "\\x07"],
  [/\\[uc]/y, refused],
];

const OUTSIDE: readonly Rule[] = [
  ...ESCAPES,
  // RE2's \s has no \v and no Unicode.
  [/\\s/y, () => "[\\t\\n\\f\\r ]"],
  [/\\S/y, () => "[^\\t\\n\\f\\r ]"],
  [/\\[A-Za-z0-9]/y, same],
  [/\\(.)/suy, literal],
  [/\(\?P</y, () => "(?<"],
  [/\./y, (_, dotIsAll) => (dotIsAll ? "[^]" : "[^\\n]")],
  [/\{\d+(,\d*)?\}/y, same],
  // What bounds nothing stands for itself.
  [/[{}\]]/y, ([letter]) => `\\${letter}`],
  [/./suy, same],
];

const INSIDE: readonly Rule[] = [
  ...ESCAPES,
  [/\\s/y, () => "\\t\\n\\f\\r "],
  [/\\S/y, () => `\\S${SPACES_OF_JAVASCRIPT_ALONE}`],
  [/\\b/y, refused],
  [/\\-/y, same],
  [/\\[A-Za-z0-9]/y, same],
  [/\\(.)/suy, literal],
  [/\[:(\w+):\]/y, ([, name = ""]) => CLASSES[name] ?? refused()],
  [/\[/y, () => "\\["],
  [/[^\]]/suy, same],
];

/** A bracket that comes first in a class is itself. */
const OPENING = /\[(\^?)(\]?)/y;

function toJavaScript(source: string, dotIsAll: boolean): string {
  let out = "";
  let isInClass = false;
  for (let at = 0; at < source.length; ) {
    const opening = isInClass ? null : matchAt(OPENING, source, at);
    if (opening !== null) {
      out += `[${opening[1]}${opening[2] && "\\]"}`;
      at += opening[0].length;
      isInClass = true;
    } else if (isInClass && source[at] === "]") {
      out += "]";
      at += 1;
      isInClass = false;
    } else {
      const [text, length] = rewrite(isInClass ? INSIDE : OUTSIDE, source, at, dotIsAll);
      out += text;
      at += length;
    }
  }
  return out;
}

function rewrite(
  rules: readonly Rule[],
  source: string,
  at: number,
  dotIsAll: boolean,
): readonly [text: string, length: number] {
  for (const [pattern, write] of rules) {
    const match = matchAt(pattern, source, at);
    if (match !== null) return [write(match, dotIsAll), match[0].length];
  }
  throw new Error("it ends in \\");
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}
