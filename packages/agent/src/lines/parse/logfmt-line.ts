import { severityFromText } from "@sightline/core";
import type { Fields } from "./structured-line.ts";

const MAX_PAIRS = 256;
const ENOUGH_PAIRS = 3;
/** A time or the name of a service may stand before the first pair. */
const HEAD =
  /^(?:[\w./-]{1,100} {0,20}\| {0,4})?(?:\[?\d[\d:.,TZ+/-]{7,40}\]?\s{1,4})?(?=[A-Za-z_@][\w.@/-]{0,63}=)/;
const KEY = /[A-Za-z_@][\w.@/-]{0,63}/y;
const BARE_VALUE = /[^\s"=]\S*/y;
const LEVELS = ["level", "lvl", "severity", "loglevel"];
const MESSAGES = ["msg", "message"];

/**
 * Fields of a logfmt line: `level=info msg="x y" k=v`. Every word must be a pair or a bare key and
 * the pairs the majority; with a level or message one pair is enough, without them three. Prose
 * with an `a=b` in it is not logfmt.
 *
 * @see https://brandur.org/logfmt
 */
export function readLogfmtLine(text: string): Fields | undefined {
  // Nearly every plain line ends here or at the first word.
  if (!text.includes("=") || text.includes("\n")) return undefined;
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const fields = new Map<string, string | boolean>();
  let pairs = 0;
  let bareKeys = 0;
  let index = head[0].length;
  while (index < text.length) {
    const pair = readPair(text, index);
    if (pair === undefined) return undefined;
    if (pair.value === true) bareKeys += 1;
    else pairs += 1;
    if (fields.size < MAX_PAIRS || fields.has(pair.key)) fields.set(pair.key, pair.value);
    index = skipSpaces(text, pair.end);
  }
  if (bareKeys > pairs / 3 || !isLogfmt(fields, pairs)) return undefined;
  return Object.fromEntries(fields);
}

function isLogfmt(fields: ReadonlyMap<string, string | boolean>, pairs: number): boolean {
  if (pairs >= ENOUGH_PAIRS) return true;
  const level = LEVELS.map((key) => fields.get(key)).find((value) => typeof value === "string");
  if (typeof level === "string" && /^[A-Za-z]/.test(level) && severityFromText(level)) return true;
  return MESSAGES.some((key) => fields.has(key));
}

interface Pair {
  readonly key: string;
  readonly value: string | true;
  readonly end: number;
}

function readPair(text: string, index: number): Pair | undefined {
  const key = matchAt(KEY, text, index)?.[0];
  if (key === undefined) return undefined;
  const end = index + key.length;
  if (end === text.length || isSpace(text, end)) return { key, value: true, end };
  if (text[end] !== "=") return undefined;
  const start = end + 1;
  if (start === text.length || isSpace(text, start)) return { key, value: "", end: start };
  const close = text[start] === '"' ? closingQuote(text, start + 1) : -1;
  if (close > 0) return { key, value: unescaped(text.slice(start + 1, close)), end: close + 1 };
  const bare = matchAt(BARE_VALUE, text, start)?.[0];
  return bare === undefined ? undefined : { key, value: bare, end: start + bare.length };
}

/** Position of the quote that ends a value, or -1 where none does. */
function closingQuote(text: string, from: number): number {
  for (let index = text.indexOf('"', from); index >= 0; index = text.indexOf('"', index + 1)) {
    let slashes = 0;
    while (text[index - 1 - slashes] === "\\") slashes += 1;
    const isEnd = index + 1 === text.length || isSpace(text, index + 1);
    if (slashes % 2 === 0) return isEnd ? index : -1;
  }
  return -1;
}

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text) ?? undefined;
}

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "" };

function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(.)/g, (whole, letter: string) =>
    /["\\/'ntr]/.test(letter) ? (ESCAPED[letter] ?? letter) : whole,
  );
}

function skipSpaces(text: string, from: number): number {
  let index = from;
  while (index < text.length && isSpace(text, index)) index += 1;
  return index;
}

function isSpace(text: string, index: number): boolean {
  const character = text[index];
  return character === " " || character === "\t";
}
