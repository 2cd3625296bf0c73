import { ATTRIBUTE, METRIC } from "@sightline/core";
import { FARO_LIMITS } from "./limits.ts";
import type { Masking } from "./masking.ts";
import { readLine } from "./read-fields.ts";

type Form = "text" | "url" | "number";

/** Attributes of events and spans that a page may set, and what is made of their values. To add one, add a row. */
const FORMS: ReadonlyMap<string, Form> = new Map([
  [ATTRIBUTE.httpRequestMethod, "text"],
  [ATTRIBUTE.httpResponseStatusCode, "number"],
  [ATTRIBUTE.httpRoute, "url"],
  [ATTRIBUTE.urlFull, "url"],
  [ATTRIBUTE.urlPath, "url"],
  [ATTRIBUTE.urlTemplate, "url"],
  [ATTRIBUTE.serverAddress, "text"],
  [ATTRIBUTE.serverPort, "number"],
  [ATTRIBUTE.errorType, "text"],
  [ATTRIBUTE.browserRoute, "url"],
  [ATTRIBUTE.element, "text"],
  // Beside a failed request it is an attribute, in seconds.
  [METRIC.httpClientRequestDuration, "number"],
]);

export const KNOWN_ATTRIBUTES: ReadonlySet<string> = new Set(FORMS.keys());

/** Undefined for a name that is none of these, and for a value that is none. */
export function readAttribute(
  name: string,
  value: unknown,
  masking: Masking,
): string | number | undefined {
  const form = FORMS.get(name);
  if (form === undefined) return undefined;
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  if (form === "url") {
    return typeof text === "string"
      ? masking.url(text).replace(/\s+/g, " ") || undefined
      : undefined;
  }
  const line = readLine(text, FARO_LIMITS.value, masking);
  if (form === "text" || line === undefined) return line;
  const number = Number(line);
  return Number.isFinite(number) ? number : undefined;
}
