import { toUSVString } from "node:util";
import {
  type AttributeValue,
  createRedactor,
  cutAtWord,
  type GatewayRedactionConfig,
} from "@sightline/core";
import { FARO_LIMITS } from "./limits.ts";

/** Every text of a payload goes through one of these before anything else is done with it. */
export interface Masking {
  /**
   * Without secrets, codes of terminals and halves of characters.
   *
   * @param maxCharacters what is beyond is cut off first, so that a long text costs no more.
   */
  text(text: string, maxCharacters: number): string;
  /** An address or path without credentials, query and fragment. */
  url(url: string): string;
  /** Values by names of the page's own, those of secret names masked. */
  values(values: Readonly<Record<string, unknown>>): Record<string, AttributeValue>;
}

/** @param config regular expressions in it have been checked to compile. */
export function createMasking(config: GatewayRedactionConfig): Masking {
  const redactor = createRedactor({
    allowCategories: config.allowCategories,
    denyPatterns: config.denyPatterns.map((pattern) => new RegExp(pattern, "g")),
    maxTextLength: FARO_LIMITS.message,
    maxValueTextLength: FARO_LIMITS.value,
    maxEntries: FARO_LIMITS.contextEntries,
    // Lines are read in terminals, and a page must not be able to write to them.
    removeTerminalCodes: true,
  });
  return {
    text: (text, maxCharacters) => redactor.text(toUSVString(cutAtWord(text, maxCharacters))),
    url: (url) => redactor.url(toUSVString(url.slice(0, FARO_LIMITS.url))),
    values: (values) => redactor.attributes(values),
  };
}
