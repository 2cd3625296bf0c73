import type { Matcher } from "../model.ts";
import { toRegExp } from "./re2.ts";

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
    // Others mean one thing to Alertmanager's old parser and another to its new one.
    if (letter === "n") return "\n";
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
