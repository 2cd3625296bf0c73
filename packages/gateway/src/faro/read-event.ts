import type { AttributeValue } from "@sightline/core";
import type { FaroEvent } from "./faro-payload.ts";
import { KNOWN_ATTRIBUTES, readAttribute } from "./known-attributes.ts";
import type { Masking } from "./masking.ts";
import { readContext } from "./read-context.ts";
import { type Fields, fieldOf, readToken, toFields } from "./read-fields.ts";
import { readPlace } from "./read-place.ts";

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
    context: readContext(fields, KNOWN_ATTRIBUTES, masking),
  };
}

function readKnown(fields: Fields | undefined, masking: Masking): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  if (fields === undefined) return attributes;
  for (const name of KNOWN_ATTRIBUTES) {
    const value = readAttribute(name, fieldOf(fields, name), masking);
    if (value !== undefined) attributes.set(name, value);
  }
  return attributes;
}
