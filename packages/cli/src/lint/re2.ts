import { shorten } from "../spec/describe-value.ts";

/** Constructs that JavaScript has and RE2 has not: https://github.com/google/re2/wiki/Syntax */
const NOT_IN_RE2: readonly (readonly [RegExp, string])[] = [
  [/^\(\?=|^\(\?!/, "lookaheads such as (?=x) are not in RE2"],
  [/^\(\?<[=!]/, "lookbehinds such as (?<=x) are not in RE2"],
  [/^\(\?>/, "atomic groups (?>x) are not in RE2"],
  [/^\\[1-9]/, "back references such as \\1 are not in RE2"],
  [/^\\k</, "back references such as \\k<name> are not in RE2"],
  [/^\\[ZGRXKcuhHe]/, "this escape is not in RE2"],
  [/^[*+?}]\+/, "possessive repetitions such as x*+ are not in RE2"],
];

const MAX_REPEAT = 1000;

/** Why Prometheus and Loki refuse this regular expression; undefined: they take it. */
export function findRe2Fault(pattern: string): string | undefined {
  return findForeign(pattern) ?? findRepeat(pattern) ?? findByCompiling(pattern);
}

/** Whether a matcher with this operator leaves out what has not got the label. */
export function refusesEmpty(operator: string, value: string): boolean {
  switch (operator) {
    case "=":
      return value !== "";
    case "!=":
      return value === "";
    case "=~":
      return !matchesEmpty(value);
    default:
      return matchesEmpty(value);
  }
}

/** Whether it fits nothing at all: an empty text is a missing label, too. Anchored, as matchers are. */
function matchesEmpty(pattern: string): boolean {
  try {
    return new RegExp(`^(?:${toJavaScript(pattern)})$`).test("");
  } catch {
    return false;
  }
}

function findForeign(pattern: string): string | undefined {
  let isInClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at, at + 5);
    const foreign = NOT_IN_RE2.find(([start]) => start.test(rest));
    if (foreign && (!isInClass || rest.startsWith("\\"))) return foreign[1];
    if (pattern[at] === "\\") at += 1;
    else if (pattern[at] === "[") isInClass = true;
    else if (pattern[at] === "]") isInClass = false;
  }
  return undefined;
}

function findRepeat(pattern: string): string | undefined {
  for (const [whole, low = "0", high = "0"] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Math.max(Number(low), Number(high)) > MAX_REPEAT) {
      return `it repeats more than ${MAX_REPEAT} times (${shorten(whole)})`;
    }
  }
  return undefined;
}

function findByCompiling(pattern: string): string | undefined {
  try {
    new RegExp(toJavaScript(pattern));
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // "Invalid regular expression: /(/: Unterminated group"
    return message.slice(message.lastIndexOf(": ") + 2).toLowerCase();
  }
}

/** As JavaScript writes it, close enough to find what does not compile. */
function toJavaScript(pattern: string): string {
  return pattern
    .replaceAll(/\\Q([\s\S]*?)(?:\\E|$)/g, (_, text: string) =>
      text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
    )
    .replaceAll("(?P<", "(?<")
    .replaceAll(/\(\?[imsU-]+\)/g, "")
    .replaceAll(/\(\?[imsU-]+:/g, "(?:")
    .replaceAll("\\A", "^")
    .replaceAll("\\z", "$")
    .replaceAll(/\[:\^?[a-z]+:\]/g, "a-z")
    .replaceAll(/\\[pP](?:[A-Z]|\{\^?\w+\})/g, "a");
}
