import { ATTRIBUTE } from "../conventions.ts";
import type { AttributeValue } from "../records/log-record.ts";
import type { CountRedaction } from "./category.ts";
import { cutText } from "./cut-text.ts";
import { redactQuery, type UrlRules } from "./url.ts";

/** Attributes that hold a URL or path, old names of the semantic conventions included. */
const URL_ATTRIBUTES: ReadonlySet<string> = new Set([
  ATTRIBUTE.urlFull,
  ATTRIBUTE.urlPath,
  "http.url",
  "http.target",
  "url.original",
]);
/** Attributes that hold a query or fragment alone, without its `?`. */
const QUERY_ATTRIBUTES: ReadonlySet<string> = new Set(["url.query", "url.fragment"]);

/** Replaces URL attributes before the walk; everything else is read later, inside its guard. */
export function redactUrlAttributes(
  input: Readonly<Record<string, unknown>>,
  url: (url: string) => string,
  rules: UrlRules,
  count: CountRedaction,
): unknown {
  try {
    const replaced: Record<string, string> = {};
    for (const key of URL_ATTRIBUTES) {
      const value = Object.hasOwn(input, key) ? input[key] : undefined;
      if (typeof value === "string") replaced[key] = url(value);
    }
    for (const key of QUERY_ATTRIBUTES) {
      const value = Object.hasOwn(input, key) ? input[key] : undefined;
      if (typeof value === "string")
        replaced[key] = redactQuery(`?${value}`, rules, count).slice(1);
    }
    return Object.keys(replaced).length === 0 ? input : { ...input, ...replaced };
  } catch {
    return input;
  }
}

/** Attributes of a masked copy: scalars stay, everything else becomes JSON text. */
export function flattenAttributes(
  masked: object,
  maxLength: number,
): Record<string, AttributeValue> {
  const entries: [string, AttributeValue][] = [];
  for (const [key, value] of Object.entries(masked)) {
    if (value === undefined || value === null) continue;
    entries.push([key, isScalar(value) ? value : cutText(JSON.stringify(value), maxLength)]);
  }
  // fromEntries defines fields, where assignment to `__proto__` would set a prototype.
  return Object.fromEntries(entries);
}

function isScalar(value: unknown): value is AttributeValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
