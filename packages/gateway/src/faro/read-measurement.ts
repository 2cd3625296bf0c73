import { FARO } from "@sightline/core";
import type { FaroMeasurement } from "./faro-payload.ts";
import type { Masking } from "./masking.ts";
import { readContext } from "./read-context.ts";
import { type Fields, fieldOf, readNumber, readToken, toFields } from "./read-fields.ts";
import { readPlace } from "./read-place.ts";

const MAX_VALUES = 32;
/** The value itself, and what tells nothing to people. */
const KNOWN_CONTEXT: ReadonlySet<string> = new Set([
  ...["lcp", "inp", "cls", "fcp", "ttfb", "delta"],
  ...["rating", "id", "navigation_entry_id"],
]);
/** Undefined where it has no type or no figure. */
export function readMeasurement(item: Fields, masking: Masking): FaroMeasurement | undefined {
  const type = readToken(fieldOf(item, "type"));
  const values = readValues(toFields(fieldOf(item, "values")));
  if (type === undefined || values.size === 0) return undefined;
  // What a vital is made of comes partly as a figure and partly as text.
  const parts = type === FARO.webVitalsMeasurement ? Object.fromEntries(values) : {};
  const context = { ...toFields(fieldOf(item, "context")), ...parts };
  return {
    kind: "measurement",
    ...readPlace(item),
    type,
    values,
    context: readContext(context, KNOWN_CONTEXT, masking),
  };
}

function readValues(fields: Fields | undefined): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const name of Object.keys(fields ?? {})) {
    if (values.size >= MAX_VALUES) break;
    const value = readNumber(fields?.[name]);
    if (value !== undefined && readToken(name) !== undefined) values.set(name, value);
  }
  return values;
}
