import type { Matcher } from "../model.ts";

export type MatcherResult =
  | { readonly status: "ok"; readonly matcher: Matcher }
  | { readonly status: "invalid"; readonly message: string };

/** Neither quoted, nor a character that has a meaning of its own (Alertmanager's matcher/parse). */
const BARE = String.raw`[^\s{}!=~,\\"'\x60]+`;
const QUOTED = String.raw`"(?:[^"\\\n]|\\.)*"`;
const MATCHER = new RegExp(
  `^\\s*(${QUOTED}|${BARE})\\s*(=~|!~|!=|=)\\s*(${QUOTED}|${BARE})?\\s*$`,
  "u",
);

/** `severity=~"critical|warning"`, `"service.name"!=api`: as Alertmanager reads it, UTF-8 names in quotes. */
export function parseMatcher(text: string): MatcherResult {
  const [, label, operator, value] = MATCHER.exec(text) ?? [];
  if (
    label === undefined ||
    operator === undefined ||
    (value === undefined && !/[=~]\s*$/.test(text))
  ) {
    return invalid(`expected a matcher such as severity="critical", got ${JSON.stringify(text)}`);
  }
  const name = unquote(label);
  const wanted = unquote(value ?? "");
  if (name === undefined || wanted === undefined) {
    return invalid(`${JSON.stringify(text)} has an escape that is none; expected \\", \\\\ or \\n`);
  }
  return checkMatcher({ label: name, operator: operator as Matcher["operator"], value: wanted });
}

/** Label name and regular expression of a matcher. */
export function checkMatcher(matcher: Matcher): MatcherResult {
  if (matcher.label.trim() === "") return invalid("a matcher needs the name of a label");
  if (matcher.operator === "=~" || matcher.operator === "!~") {
    const result = toRegExp(matcher.value);
    if (result.status === "invalid") return result;
  }
  return { status: "ok", matcher };
}

const invalid = (message: string) => ({ status: "invalid", message }) as const;

function unquote(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  let isValid = true;
  const plain = text.slice(1, -1).replace(/\\(.)/gu, (_, letter: string) => {
    if (letter === "n") return "\n";
    if (letter === "t") return "\t";
    if (letter !== '"' && letter !== "\\") isValid = false;
    return letter;
  });
  return isValid ? plain : undefined;
}

/**
 * As Alertmanager wants it, always quoted: an escape that its old and its new parser read in the same
 * way, because it refuses or warns where they differ.
 */
export function formatMatcher({ label, operator, value }: Matcher): string {
  const name = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) ? label : quote(label);
  return `${name}${operator}${quote(value)}`;
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

export function isMatch(matcher: Matcher, labels: Readonly<Record<string, string>>): boolean {
  // A label that is not there is one with an empty value.
  const value = Object.hasOwn(labels, matcher.label) ? (labels[matcher.label] as string) : "";
  switch (matcher.operator) {
    case "=":
      return value === matcher.value;
    case "!=":
      return value !== matcher.value;
    case "=~":
      return matches(matcher.value, value);
    case "!~":
      return !matches(matcher.value, value);
  }
}

function matches(pattern: string, value: string): boolean {
  const result = toRegExp(pattern);
  if (result.status === "invalid") throw new Error(result.message);
  return result.regExp.test(value);
}

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

/** Escapes that JavaScript refuses with the flag u, the dot, \s and classes of POSIX. */
function toJavaScript(source: string, dotIsAll: boolean): string {
  let out = "";
  let isInClass = false;
  for (let at = 0; at < source.length; at++) {
    const letter = source[at] as string;
    if (letter === "\\") {
      const next = source[++at];
      if (next === undefined) throw new Error("it ends in \\");
      // RE2's \s has no \v and no Unicode.
      if (next === "s") out += isInClass ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]";
      else if (next === "S" && !isInClass) out += "[^\\t\\n\\f\\r ]";
      else if (/[^A-Za-z0-9^$\\.*+?()[\]{}|/-]/.test(next)) out += next;
      else if (next === "-" && !isInClass) out += "-";
      else if (next === "a") out += "\\x07";
      else if (next === "x" && source[at + 1] === "{") {
        out += "\\u";
      } else out += `\\${next}`;
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
    } else if (!isInClass && letter === ".") out += dotIsAll ? "[^]" : "[^\\n]";
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

/**
 * Whether everything that fulfils `given` fulfils `wanted`, too. `false` also where it cannot be told.
 */
export function isImplied(wanted: Matcher, given: readonly Matcher[]): boolean {
  return given.some((one) => {
    if (one.label !== wanted.label) return false;
    if (one.operator === wanted.operator && one.value === wanted.value) return true;
    // An exact value decides everything about its label.
    return one.operator === "=" && isMatch(wanted, { [one.label]: one.value });
  });
}

/** Two matchers of one route that nothing can fulfil; undefined: there are none that can be told. */
export function findContradiction(
  matchers: readonly Matcher[],
): readonly [Matcher, Matcher] | undefined {
  for (const exact of matchers.filter(({ operator }) => operator === "=")) {
    const other = matchers.find(
      (it) => it.label === exact.label && !isMatch(it, { [exact.label]: exact.value }),
    );
    if (other !== undefined) return [exact, other];
  }
  return undefined;
}
