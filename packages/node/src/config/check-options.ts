import { closestName } from "@sightline/core";
import { checkRedaction } from "./check-redaction.ts";
import { OPTION_RULES } from "./option-rules.ts";
import type { OptionName } from "./start-options.ts";

const NAMES = Object.keys(OPTION_RULES) as OptionName[];
/** Values of these may be secrets: a message never repeats them. */
const SECRET_OPTIONS: ReadonlySet<string> = new Set(["headers", "endpoint", "userSecret"]);

/** Every fault of the options given in code, each a sentence. Empty when all is well. */
export function checkOptions(options: unknown): string[] {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    return [`options: expected an object, got ${shown(options)}`];
  }
  return Object.entries(options).flatMap(([name, value]) => checkOption(name, value));
}

function checkOption(name: string, value: unknown): string[] {
  if (!Object.hasOwn(OPTION_RULES, name)) {
    const near = closestName(name, NAMES);
    const hint = near === undefined ? `known are ${NAMES.join(", ")}` : `did you mean "${near}"?`;
    return [`"${name}" is not an option: ${hint}`];
  }
  if (value === undefined) return [];
  const rule = OPTION_RULES[name as OptionName];
  if (rule.accepts(value)) return name === "redaction" ? checkRedaction(value as object) : [];
  const got = SECRET_OPTIONS.has(name) ? "something else" : shown(value);
  return [`${name}: expected ${rule.expected}, got ${got}`];
}

function shown(value: unknown): string {
  if (typeof value === "string") return `"${value.slice(0, 80)}"`;
  if (typeof value === "object" && value !== null) {
    if (!Array.isArray(value)) return "an object";
    const isOfTexts = value.every((entry) => typeof entry === "string");
    return isOfTexts ? `[${value.slice(0, 8).map(shown).join(", ")}]` : "an array";
  }
  return String(value);
}
