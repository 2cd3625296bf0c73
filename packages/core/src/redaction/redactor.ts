import type { AttributeValue } from "../records/log-record.ts";
import { cleanText } from "../text/clean-text.ts";
import { flattenAttributes, redactUrlAttributes } from "./attributes.ts";
import {
  type CountRedaction,
  REDACTION_CATEGORIES,
  type RedactionCategory,
  redactionMark,
} from "./category.ts";
import { cutText } from "./cut-text.ts";
import { createKeyRules } from "./key-rules.ts";
import { createSecretKeyTest } from "./secret-key.ts";
import { maskText, selectPatterns, type TextRules } from "./text-redactor.ts";
import { TRAIT, traitsOf } from "./text-traits.ts";
import { redactQuery, type UrlRules } from "./url.ts";
import { redactValue, type WalkRules } from "./walk.ts";

export interface RedactorOptions {
  /** Keys whose values are masked, beside the built-in ones. Case and separators do not matter. */
  readonly denyKeys?: readonly string[];
  /** Keys that stay although the built-in list has them. They win over `denyKeys`. */
  readonly allowKeys?: readonly string[];
  /** Categories that stay readable, for example `["email"]`. */
  readonly allowCategories?: readonly RedactionCategory[];
  /**
   * Patterns of your own, masked as `[redacted:custom]`; the `g` flag is added. Keep repetitions
   * bounded: they run on every line.
   */
  readonly denyPatterns?: readonly RegExp[];
  /** Keeps query and fragment of URLs, secret parameters masked. Default false. */
  readonly keepUrlQuery?: boolean;
  /** Query parameters that stay although the query is taken off, exact names. Default none. */
  readonly allowUrlParameters?: readonly string[];
  /**
   * Takes out codes of terminals (colours, titles) before secrets are looked for: one in the middle
   * of a word would hide it. Default false.
   */
  readonly removeTerminalCodes?: boolean;
  /** Characters of one text; the rest is cut and the cut is marked. Default 65,536. */
  readonly maxTextLength?: number;
  /** Characters of one text inside a value. Default `maxTextLength`. */
  readonly maxValueTextLength?: number;
  /** Characters of all texts of a value; what comes behind them is left out, with a mark. Default 1,000,000. */
  readonly maxValueLength?: number;
  /** Nesting of a value. Default 8. */
  readonly maxDepth?: number;
  /** Entries of one object or array, and attributes of one record. Default 100. */
  readonly maxEntries?: number;
  /** Values in one call in all. Default 5,000. */
  readonly maxNodes?: number;
}

/** Takes secrets and personal data out of what is about to be stored. No method ever throws. */
export interface Redactor {
  /** A text with secrets masked. */
  text(text: string): string;
  /** A plain, JSON-safe copy of any value: getters that throw, cycles, BigInt and size are handled. */
  value(value: unknown): unknown;
  /** Attributes as OpenTelemetry takes them: scalars stay, everything else becomes JSON text. */
  attributes(attributes: Readonly<Record<string, unknown>>): Record<string, AttributeValue>;
  /** A URL or path without credentials, query and fragment. */
  url(url: string): string;
  /** How often each category was masked since the redactor was made. */
  counts(): Readonly<Record<RedactionCategory, number>>;
}

/** @throws never; wrong limits fall back to their defaults. */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const counts = emptyCounts();
  const count: CountRedaction = (category) => {
    counts[category] += 1;
  };
  const isSecretKey = createSecretKeyTest(options.denyKeys ?? [], options.allowKeys ?? []);
  const urls: UrlRules = {
    keepQuery: options.keepUrlQuery ?? options.allowCategories?.includes("url_query") ?? false,
    allowParameters: new Set(options.allowUrlParameters ?? []),
    isSecretKey,
  };
  const rules: TextRules = {
    patterns: selectPatterns(options.denyPatterns ?? [], options.allowCategories ?? []),
    urls,
    count,
  };
  const maxLength = positive(options.maxTextLength, 65_536);
  const maxEntries = positive(options.maxEntries, 100);

  const shorten = (text: string): string => cutText(text, maxLength);
  const clean = options.removeTerminalCodes === true;
  const masked = (input: string): string => {
    const traits = traitsOf(input);
    if (!clean || (traits & TRAIT.control) === 0) return maskText(input, traits, rules);
    const bare = cleanText(input);
    return maskText(bare, traitsOf(bare), rules);
  };
  const text = safely(count, (input: string): string => masked(shorten(input)));
  const url = safely(count, (input: string): string => {
    const whole = shorten(input);
    const start = whole.search(/[?#]/);
    if (start < 0) return text(whole);
    return text(whole.slice(0, start)) + redactQuery(whole.slice(start), urls, count);
  });
  const walk: WalkRules = {
    limits: {
      maxDepth: positive(options.maxDepth, 8),
      maxEntries,
      maxNodes: positive(options.maxNodes, 5000),
      maxTextCharacters: Math.min(positive(options.maxValueTextLength, maxLength), maxLength),
      maxCharacters: positive(options.maxValueLength, 1_000_000),
    },
    keyRule: createKeyRules({ isSecretKey, text, isCleaned: clean }),
    text,
    count,
  };
  const value = (input: unknown): unknown => redactValue(input, walk);

  return {
    text,
    url,
    value,
    attributes: (input) => {
      // One walk over the whole: keys, limits, getters and cycles are then treated in one place.
      const copy = value(redactUrlAttributes(input, url, urls, count));
      return typeof copy === "object" && copy !== null ? flattenAttributes(copy, maxLength) : {};
    },
    counts: () => ({ ...counts }),
  };
}

function emptyCounts(): Record<RedactionCategory, number> {
  return Object.fromEntries(REDACTION_CATEGORIES.map((category) => [category, 0])) as Record<
    RedactionCategory,
    number
  >;
}

function positive(limit: number | undefined, fallback: number): number {
  return limit !== undefined && Number.isInteger(limit) && limit > 0 ? limit : fallback;
}

function safely(count: CountRedaction, work: (text: string) => string): (text: string) => string {
  return (text) => {
    try {
      return work(typeof text === "string" ? text : String(text));
    } catch {
      count("failed");
      return redactionMark("failed");
    }
  };
}
