import {
  type AgentRedactionConfig,
  ATTRIBUTE,
  type Attributes,
  createRedactor,
  ERROR_FIELD,
  type Redactor,
} from "@sightline/core";
import type { ParsedText } from "../lines/log-entry.ts";

/** Bodies are at most this long already; the redactor's own limit must not cut them again. */
const MAX_TEXT_LENGTH = 262_144;

/** Ours, made of masked text or of ids alone. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ERROR_FIELD.fp,
  ERROR_FIELD.fpx,
  ERROR_FIELD.fpVersion,
  ATTRIBUTE.cutBytes,
  ATTRIBUTE.fieldsDropped,
]);

/** @param config regular expressions in it have been checked to compile. */
export function createEntryRedactor(config: AgentRedactionConfig): Redactor {
  return createRedactor({
    allowCategories: config.allowCategories,
    denyPatterns: config.denyPatterns.map((pattern) => new RegExp(pattern, "g")),
    denyKeys: config.denyKeys,
    allowKeys: config.allowKeys,
    maxTextLength: MAX_TEXT_LENGTH,
  });
}

/** Before journal, tail and wire: what leaves here may be stored. */
export function redactParsed(parsed: ParsedText, redactor: Redactor): ParsedText {
  return {
    ...parsed,
    body: redactor.text(parsed.body),
    attributes: redactAttributes(parsed.attributes, redactor),
  };
}

function redactAttributes(attributes: Attributes, redactor: Redactor): Attributes {
  let isEmpty = true;
  const own: Record<string, string | number | boolean> = {};
  const theirs: Record<string, unknown> = {};
  for (const key in attributes) {
    const value = attributes[key] as string | number | boolean;
    if (OWN_ATTRIBUTES.has(key)) own[key] = value;
    else {
      theirs[key] = value;
      isEmpty = false;
    }
  }
  return isEmpty ? own : { ...redactor.attributes(theirs), ...own };
}
