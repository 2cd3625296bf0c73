import { closestName, parseDuration } from "@sightline/core";
import { z } from "zod";
import { shorten } from "./describe-value.ts";
import { UNITS } from "./units.ts";

export type Comparison = "above" | "at-least" | "below" | "at-most";

/**
 * `when` of an alert, read. `more than 5 in 10m for 2m` → {comparison: "above", amount: "5", windowMillis: 600000,
 * forMillis: 120000}; `above 1.5s for 5m` → {comparison: "above", amount: "1.5", unit: "s", forMillis: 300000};
 * `any in 5m` → {comparison: "above", amount: "0", windowMillis: 300000};
 * `none for 10m` (absence) → {comparison: "below", amount: "1", windowMillis: 600000}.
 * Decimals stay text, so that nothing is rounded.
 */
export interface When {
  readonly comparison: Comparison;
  /** Decimal number as written, without leading zeros or a plus. */
  readonly amount: string;
  /** As written: `s`, `ms`, `%`, `MB`, `GiB`, `/min`, `h`, ...; undefined for a bare number. A row of {@link UNITS}. */
  readonly unit?: string | undefined;
  /** The window that is counted in, where `in` was given. */
  readonly windowMillis?: number | undefined;
  /** How long it must hold. */
  readonly forMillis?: number | undefined;
  /** As written, with single spaces. */
  readonly text: string;
}

export type WhenResult =
  | { readonly status: "ok"; readonly when: When }
  | { readonly status: "invalid"; readonly message: string };

/** The first of each is what we write ourselves; longer ones first where one begins like another. */
const COMPARISONS: readonly (readonly [Comparison, readonly string[]])[] = [
  ["above", ["more than", "above", "over", "greater than", "higher than", "longer than", ">"]],
  ["at-least", ["at least", ">="]],
  ["below", ["less than", "fewer than", "below", "under", "lower than", "shorter than", "<"]],
  ["at-most", ["at most", "no more than", "not more than", "<="]],
];

const WORDS = COMPARISONS.flatMap(([comparison, words]) =>
  words.map((word) => ({ comparison, word })),
).sort((left, right) => right.word.length - left.word.length);

export const WHEN_EXAMPLES =
  '"more than 5 in 10m", "above 1s for 5m", "below 10% for 1h", "any in 5m" or "none in 10m"';

const AMOUNT = /^(-?\d+(?:\.\d+)?)(?![\d.,])\s?([^\s\d]\S*)?/;
const MAX_DIGITS = 40;
const SPAN = /^(in|for) (\S+)/;

export const whenSchema = z
  .string()
  .transform((text, context): When => {
    const result = parseWhen(text);
    if (result.status === "ok") return result.when;
    context.addIssue({
      code: "custom",
      message: result.message,
      input: text,
      params: { check: "when-syntax" },
    });
    return z.NEVER;
  })
  .describe(`When it fires: ${WHEN_EXAMPLES}`);

interface Spans {
  windowMillis?: number;
  forMillis?: number;
}

export function parseWhen(given: string): WhenResult {
  const text = given.trim().replaceAll(/\s+/g, " ");
  if (text === "") return invalid(text, "it is empty");
  const lower = text.toLowerCase();
  if (/^(any|none)\b/.test(lower)) return parseAnyOrNone(text);
  const word = WORDS.find((row) => lower.startsWith(row.word));
  const rest = word && text.slice(word.word.length);
  const isWhole = rest !== undefined && (/^[^a-z]/i.test(rest) || rest === "");
  if (word === undefined || rest === undefined || !isWhole) return invalid(text, whyNoWord(lower));
  const amount = AMOUNT.exec(rest.trimStart());
  if (amount === null) return invalid(text, whyNoAmount(word.word, rest.trim()));
  const [whole, figure = "", follower] = amount;
  if (figure.length > MAX_DIGITS)
    return invalid(text, `the amount has more than ${MAX_DIGITS} digits`);
  const isSpan = follower === "in" || follower === "for";
  const unit = isSpan ? undefined : follower;
  const unitFault = unit === undefined ? undefined : whyNoUnit(unit, figure);
  if (unitFault !== undefined) return invalid(text, unitFault);
  const behind = isSpan ? whole.slice(0, whole.length - follower.length) : whole;
  const spans = parseSpans(rest.trimStart().slice(behind.length).trim());
  if (typeof spans === "string") return invalid(text, spans);
  const when = { comparison: word.comparison, amount: canonical(figure), text, ...spans };
  return { status: "ok", when: unit === undefined ? when : { ...when, unit } };
}

/** `any in 5m` is more than none of them; `none in 10m` and `none for 10m` less than one. */
function parseAnyOrNone(text: string): WhenResult {
  const isAny = text.toLowerCase().startsWith("any");
  const rest = text.slice(isAny ? 3 : 4).trim();
  const spans = parseSpans(rest);
  if (typeof spans === "string") return invalid(text, spans);
  const windowMillis = spans.windowMillis ?? (isAny ? undefined : spans.forMillis);
  if (windowMillis === undefined) {
    return invalid(text, `"${isAny ? "any" : "none"}" needs a window, such as "in 10m"`);
  }
  const forMillis = spans.windowMillis === undefined ? undefined : spans.forMillis;
  const when = {
    comparison: isAny ? ("above" as const) : ("below" as const),
    amount: isAny ? "0" : "1",
    windowMillis,
    text,
  };
  return { status: "ok", when: forMillis === undefined ? when : { ...when, forMillis } };
}

/** `in 10m for 2m`, in either order; a text says what is wrong. */
function parseSpans(text: string): Spans | string {
  const spans: Spans = {};
  let rest = text;
  while (rest !== "") {
    const [whole, word, span = ""] = SPAN.exec(rest) ?? [];
    if (whole === undefined) return whyNoSpan(rest);
    const key = word === "in" ? "windowMillis" : "forMillis";
    if (spans[key] !== undefined) return `"${word}" is there twice`;
    const parsed = parseDuration(span);
    const following = rest.slice(whole.length).trim();
    if (parsed.status === "invalid") return whyNoDuration(span, following);
    if (parsed.millis === 0) return `"${word} ${span}" is no time at all`;
    spans[key] = parsed.millis;
    rest = following;
  }
  return spans;
}

function invalid(text: string, why: string): WhenResult {
  const shown = shorten(text);
  return {
    status: "invalid",
    message: `"${shown}" is no condition: ${why}; write for example ${WHEN_EXAMPLES}`,
  };
}

function whyNoWord(lower: string): string {
  const begin = lower.split(/ (?=[\d-])/)[0] ?? lower;
  if (/^-?\d/.test(lower))
    return 'it begins with the amount; expected "more than" or "below" first';
  const near = closestName(
    begin,
    WORDS.map(({ word }) => word),
  );
  return near === undefined || near === begin
    ? `expected "more than", "at least", "less than", "at most", "above", "below", "any" or "none" at its beginning`
    : `did you mean "${near}"?`;
}

function whyNoAmount(word: string, rest: string): string {
  if (rest === "") return `expected an amount after "${word}"`;
  const [first = ""] = rest.split(" ");
  const [, whole, decimals] = /^(-?\d+),(\d+)/.exec(first) ?? [];
  if (whole !== undefined && decimals !== undefined) {
    const meant = decimals.length === 3 ? `${whole}${decimals}` : `${whole}.${decimals}`;
    return `"${shorten(first)}" has a comma; write ${meant}`;
  }
  return `expected an amount such as 5, 1.5s or 10% after "${word}", got "${shorten(first)}"`;
}

function whyNoUnit(unit: string, figure: string): string | undefined {
  if (Object.hasOwn(UNITS, unit)) return undefined;
  const word = UNIT_WORDS.get(unit.toLowerCase());
  if (word !== undefined) return `write ${figure}${word} for "${figure} ${shorten(unit)}"`;
  const near = Object.keys(UNITS).find((known) => known.toLowerCase() === unit.toLowerCase());
  const list = Object.keys(UNITS).filter((known) => known !== "µs" && known !== "kB");
  return `unknown unit "${shorten(unit)}"; ${near === undefined ? `expected ${list.join(", ")} or none` : `did you mean "${near}"?`}`;
}

/** Words that people write out. */
const UNIT_WORDS: ReadonlyMap<string, string> = new Map([
  ["sec", "s"],
  ["secs", "s"],
  ["second", "s"],
  ["seconds", "s"],
  ["min", "m"],
  ["mins", "m"],
  ["minute", "m"],
  ["minutes", "m"],
  ["hour", "h"],
  ["hours", "h"],
  ["day", "d"],
  ["days", "d"],
  ["week", "w"],
  ["weeks", "w"],
  ["percent", "%"],
  ["bytes", "B"],
  ["rps", "/s"],
  ["req/s", "/s"],
  ["rpm", "/min"],
  ["/m", "/min"],
  ["/minute", "/min"],
  ["/second", "/s"],
  ["/hour", "/h"],
]);

function whyNoSpan(rest: string): string {
  const [first = ""] = rest.split(" ");
  if (first === "in" || first === "for") return `expected a duration such as 10m after "${first}"`;
  return `expected "in 10m" or "for 5m", got "${shorten(rest)}"`;
}

function whyNoDuration(span: string, following: string): string {
  const [next = ""] = following.split(" ");
  const [, figure, attached] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(span) ?? [];
  const unit = UNIT_WORDS.get((attached || next).toLowerCase());
  if (figure !== undefined && unit !== undefined) return `write ${figure}${unit} for the duration`;
  return `"${shorten(span)}" is no duration; expected for example 30s, 10m, 1h30m or 7d`;
}

function canonical(figure: string): string {
  const [, sign = "", digits = "0", decimals = ""] = /^(-?)0*(\d+)(\.\d+)?$/.exec(figure) ?? [];
  return `${sign}${digits}${decimals}`;
}
