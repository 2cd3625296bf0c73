import { ATTRIBUTE } from "@sightline/core";
import type { FaroEvent } from "./faro-payload.ts";
import { FARO_LIMITS } from "./limits.ts";
import type { Masking } from "./masking.ts";
import { readContext } from "./read-context.ts";
import { type Fields, fieldOf, readLine, readToken, toFields } from "./read-fields.ts";
import { readPlace } from "./read-place.ts";

/** Attributes of events that have a name in the conventions; those that are addresses are cut to that. */
const KNOWN: ReadonlyMap<string, "text" | "url"> = new Map([
  [ATTRIBUTE.httpRequestMethod, "text"],
  [ATTRIBUTE.httpResponseStatusCode, "text"],
  [ATTRIBUTE.httpRoute, "text"],
  [ATTRIBUTE.urlFull, "url"],
  [ATTRIBUTE.urlPath, "url"],
  [ATTRIBUTE.urlTemplate, "url"],
  [ATTRIBUTE.serverAddress, "text"],
  [ATTRIBUTE.serverPort, "text"],
  [ATTRIBUTE.errorType, "text"],
  [ATTRIBUTE.browserRoute, "url"],
]);
const KNOWN_NAMES: ReadonlySet<string> = new Set(KNOWN.keys());

/** Undefined where it has no name that can be shown. */
export function readEvent(item: Fields, masking: Masking): FaroEvent | undefined {
  const name = readToken(fieldOf(item, "name"));
  if (name === undefined) return undefined;
  const fields = toFields(fieldOf(item, "attributes"));
  return {
    kind: "event",
    ...readPlace(item),
    name,
    attributes: readKnown(fields, masking),
    context: readContext(fields, KNOWN_NAMES, masking),
  };
}

function readKnown(fields: Fields | undefined, masking: Masking): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  if (fields === undefined) return attributes;
  for (const [name, form] of KNOWN) {
    const given = fieldOf(fields, name);
    if (given === undefined) continue;
    const text = typeof given === "number" ? String(given) : given;
    const value =
      form === "url" && typeof text === "string"
        ? masking.url(text)
        : readLine(text, FARO_LIMITS.value, masking);
    if (value !== undefined && value !== "") attributes.set(name, value);
  }
  return attributes;
}
