import { closestName, REDACTION_CATEGORIES, type RedactorOptions } from "@sightline/core";

type Rule = { readonly expected: string; accepts(value: unknown): boolean };

const TEXTS: Rule = { expected: "a list of texts", accepts: (value) => isListOf(value, isText) };
const FLAG: Rule = { expected: "true or false", accepts: (value) => typeof value === "boolean" };

/** One rule per key; a new key without a rule does not compile. */
const RULES: Readonly<Record<keyof RedactorOptions, Rule>> = {
  denyKeys: TEXTS,
  allowKeys: TEXTS,
  allowCategories: {
    expected: `a list of ${REDACTION_CATEGORIES.map((name) => `"${name}"`).join(", ")}`,
    accepts: (value) => isListOf(value, isCategory),
  },
  denyPatterns: {
    expected: "a list of regular expressions",
    accepts: (value) => isListOf(value, (entry) => entry instanceof RegExp),
  },
  keepUrlQuery: FLAG,
  allowUrlParameters: TEXTS,
  removeTerminalCodes: FLAG,
  maxTextLength: whole(1, 1_048_576),
  maxValueTextLength: whole(1, 1_048_576),
  maxValueLength: whole(1, 16_777_216),
  maxDepth: whole(1, 64),
  maxEntries: whole(1, 10_000),
  maxNodes: whole(1, 1_000_000),
};

const NAMES = Object.keys(RULES) as (keyof RedactorOptions)[];

/** Every fault of the option `redaction`, which is an object, each a sentence. */
export function checkRedaction(redaction: object): string[] {
  return Object.entries(redaction).flatMap(([name, value]) => {
    if (!Object.hasOwn(RULES, name)) {
      const near = closestName(name, NAMES);
      const hint = near === undefined ? `known are ${NAMES.join(", ")}` : `did you mean "${near}"?`;
      return [`redaction: "${name}" is not a rule: ${hint}`];
    }
    const rule = RULES[name as keyof RedactorOptions];
    if (value === undefined || rule.accepts(value)) return [];
    // Without the value: what is to be taken out is often a secret itself.
    return [`redaction.${name}: expected ${rule.expected}, got something else`];
  });
}

function isListOf(value: unknown, accepts: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(accepts);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isCategory(value: unknown): boolean {
  return (REDACTION_CATEGORIES as readonly unknown[]).includes(value);
}

function whole(min: number, max: number): Rule {
  return {
    expected: `a whole number from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}
