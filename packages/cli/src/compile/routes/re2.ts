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

/** Escapes that JavaScript refuses with the flag u, the dot, \s and classes of POSIX. */
function toJavaScript(source: string, dotIsAll: boolean): string {
  let out = "";
  let isInClass = false;
  for (let at = 0; at < source.length; at++) {
    const letter = source[at] as string;
    if (letter === "\\") {
      const next = source[++at];
      if (next === undefined) throw new Error("it ends in \\");
      const braces = /^(?:\{\^?[\w-]+\}|\{[0-9A-Fa-f]+\})/.exec(source.slice(at + 1))?.[0];
      if (next === "p" || next === "P") {
        const name = braces ?? `{${source[at + 1] ?? ""}}`;
        at += braces?.length ?? 1;
        out += `\\${next}${name}`;
        continue;
      }
      if (next === "x" && braces !== undefined) {
        at += braces.length;
        out += `\\u${braces}`;
        continue;
      }
      if (next === "u" || next === "c" || (isInClass && next === "b"))
        throw new Error("unknown escape");
      // RE2's \s has no \v and no Unicode.
      if (next === "s") out += isInClass ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]";
      else if (next === "S" && !isInClass) out += "[^\\t\\n\\f\\r ]";
      else if (/[^A-Za-z0-9^$\\.*+?()[\]{}|/-]/.test(next)) out += next;
      else if (next === "-" && !isInClass) out += "-";
      else if (next === "a") out += "\\x07";
      else if (next === "S") out += `\\S${SPACES_OF_JAVASCRIPT_ALONE}`;
      else out += `\\${next}`;
    } else if (isInClass && letter === "[" && source[at + 1] === ":") {
      const end = source.indexOf(":]", at);
      const known = end === -1 ? undefined : CLASSES[source.slice(at + 2, end)];
      if (known === undefined) throw new Error("unknown class");
      out += known;
      at = end + 1;
    } else if (isInClass && letter === "[") out += "\\[";
    else if (!isInClass && letter === "[") {
      isInClass = true;
      out += letter;
      if (source[at + 1] === "^") out += source[++at];
      // A bracket that comes first is itself.
      if (source[at + 1] === "]") {
        out += "\\]";
        at++;
      }
    } else if (isInClass && letter === "]") {
      isInClass = false;
      out += letter;
    } else if (letter === "]") out += "\\]";
    else if (!isInClass && letter === ".") out += dotIsAll ? "[^]" : "[^\\n]";
    else if (!isInClass && source.startsWith("(?P<", at)) {
      out += "(?<";
      at += 3;
    } else if (!isInClass && (letter === "{" || letter === "}") && !isRepetition(source, at)) {
      out += `\\${letter}`;
    } else out += letter;
  }
  return out;
}

/** RE2 takes a brace that bounds nothing for itself. */
function isRepetition(source: string, at: number): boolean {
  const start = source[at] === "{" ? at : source.lastIndexOf("{", at);
  if (start === -1) return false;
  const [all] = /^\{\d+(,\d*)?\}/.exec(source.slice(start)) ?? [];
  return all !== undefined && at < start + all.length;
}
