import { type CountRedaction, type RedactionCategory, redactionMark } from "./category.ts";
import { redactKeyValues } from "./key-value.ts";
import { REDACTION_PATTERNS, type RedactionPattern } from "./patterns.ts";
import { createSecretKeyTest } from "./secret-key.ts";
import { TRAIT, traitsOf } from "./text-traits.ts";
import { redactUrlsInText, type UrlRules } from "./url.ts";

export interface TextRules {
  readonly patterns: readonly RedactionPattern[];
  readonly urls: UrlRules;
  readonly count: CountRedaction;
}

/** Masks a text; `traits` as {@link traitsOf} gives them. May throw on a pattern of the user's. */
export function maskText(input: string, traits: number, rules: TextRules): string {
  const { count, patterns, urls } = rules;
  // Of the text as it came: a mark has a colon, but `redacted` before it is no secret key.
  const hasPair = (traits & TRAIT.pair) !== 0;
  const afterUrls = hasPair ? redactUrlsInText(input, urls, count) : input;
  const masked = applyPatterns(afterUrls, traits, patterns, count);
  return hasPair ? redactKeyValues(masked, urls.isSecretKey, count) : masked;
}

/** The built-in patterns without the allowed ones, behind those of the user's. */
export function selectPatterns(
  denyPatterns: readonly RegExp[],
  allowCategories: readonly RedactionCategory[],
): readonly RedactionPattern[] {
  const custom = denyPatterns.map(
    (pattern): RedactionPattern => ({
      category: "custom",
      pattern: new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "").concat("g")),
      needs: 0,
      mayOccur: () => true,
    }),
  );
  const allowed = new Set(allowCategories);
  return [...custom, ...REDACTION_PATTERNS.filter(({ category }) => !allowed.has(category))];
}

export interface TextRedactor {
  /** May throw on a pattern of the user's: the text must then not be told. */
  text(text: string): string;
  /** Whether what stands under this key is a secret, whatever it looks like. */
  isSecretKey(key: string): boolean;
}

/**
 * The part of a redactor that texts need, small enough for a page: every built-in pattern, secret
 * keys, and query and fragment of URLs.
 */
export function createTextRedactor(denyPatterns: readonly RegExp[] = []): TextRedactor {
  const rules: TextRules = {
    patterns: selectPatterns(denyPatterns, []),
    urls: {
      keepQuery: false,
      allowParameters: new Set(),
      isSecretKey: createSecretKeyTest([], []),
    },
    count: () => undefined,
  };
  return {
    text: (text) => maskText(text, traitsOf(text), rules),
    isSecretKey: rules.urls.isSecretKey,
  };
}

function applyPatterns(
  input: string,
  traits: number,
  patterns: readonly RedactionPattern[],
  count: CountRedaction,
): string {
  let text = input;
  for (const { category, needs, pattern, mayOccur, confirm, template } of patterns) {
    if ((traits & needs) !== needs || !mayOccur(text)) continue;
    const mark = redactionMark(category);
    text = text.replace(pattern, (match: string, ...groups: unknown[]) => {
      if (match === "" || (confirm !== undefined && !confirm(match))) return match;
      count(category);
      const prefix = typeof groups[0] === "string" ? groups[0] : "";
      return template === undefined
        ? mark
        : template.replace("$1", () => prefix).replace("%", mark);
    });
  }
  return text;
}
