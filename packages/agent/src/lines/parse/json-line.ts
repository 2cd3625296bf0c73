import { toUSVString } from "node:util";
import { cleanText } from "@sightline/core";
import type { Fields } from "./structured-line.ts";

/** What may stand before the object: the name of a service with a bar, a time. */
const PREFIX =
  /^(?:[\w./-]{1,100} {0,20}\| {0,4})?(?:\[?[\d][\d:.,TZ+/ -]{7,40}\]?(?: (?:stdout|stderr) [FP])?[ \t]{1,4})?(?=\{)/;

/**
 * Fields of a line that is one JSON object, also behind the prefix of docker compose or a time.
 * Whole numbers that do not fit a double become text, digit by digit.
 *
 * @returns undefined where the line is something else, or cut off.
 */
export function readJsonLine(text: string): Fields | undefined {
  const start = text.charCodeAt(0) === OPEN ? 0 : (PREFIX.exec(text)?.[0].length ?? 0);
  if (text.charCodeAt(start) !== OPEN || text.charCodeAt(text.length - 1) !== CLOSE)
    return undefined;
  const json = start === 0 ? text : text.slice(start);
  try {
    const fields: unknown = LONG_NUMBER.test(json)
      ? JSON.parse(json, keepDigits)
      : JSON.parse(json);
    // Only an escape can hide a control character or half a surrogate from the cleaning of the line.
    return HIDDEN.test(json) ? (cleaned(fields) as Fields) : (fields as Fields);
  } catch {
    return undefined;
  }
}

const OPEN = "{".charCodeAt(0);
const CLOSE = "}".charCodeAt(0);
const LONG_NUMBER = /\d{16}/;
const HIDDEN = /\\(?:u(?:00[01789]|d[89a-f])|[bfr])/i;

/** The third parameter came with V8 11.4; the type library does not know it yet. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  const isExact = typeof value !== "number" || source === undefined || String(value) === source;
  return isExact || /[.eE]/.test(source) ? value : source;
}

function cleaned(value: unknown): unknown {
  if (typeof value === "string") return toUSVString(cleanText(value));
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [toUSVString(cleanText(key)), cleaned(inner)]),
  );
}
