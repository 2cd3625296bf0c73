import { FARO_LIMITS } from "./limits.ts";
import type { Masking } from "./masking.ts";
import type { Fields } from "./read-fields.ts";

const NAME = /^[\w.:-]{1,64}$/;
const MAX_CONTEXT_CHARACTERS = 4_000;

/**
 * What a page says beside an item under names of its own, as one JSON text: were each name a field
 * of the record, anybody could make as many fields as they like, or one that we read.
 *
 * @param known names that are read elsewhere.
 * @returns undefined where there is nothing.
 */
export function readContext(
  fields: Fields | undefined,
  known: ReadonlySet<string>,
  masking: Masking,
): string | undefined {
  if (fields === undefined) return undefined;
  const picked: Record<string, unknown> = {};
  let count = 0;
  for (const name of Object.keys(fields)) {
    if (count >= FARO_LIMITS.contextEntries) break;
    if (known.has(name) || name === "__proto__" || !NAME.test(name) || !isScalar(fields[name])) {
      continue;
    }
    picked[name] = fields[name];
    count += 1;
  }
  if (count === 0) return undefined;
  return fitting(Object.entries(masking.values(picked)));
}

function isScalar(value: unknown): boolean {
  return (
    (typeof value === "string" && value !== "") ||
    typeof value === "number" ||
    typeof value === "boolean"
  );
}

/** JSON of as many as fit, so that it stays JSON. */
function fitting(entries: readonly (readonly [string, unknown])[]): string | undefined {
  let left = MAX_CONTEXT_CHARACTERS;
  const kept = entries.filter(([name, value]) => {
    left -= name.length + String(value).length + 6;
    return left >= 0;
  });
  return kept.length === 0 ? undefined : JSON.stringify(Object.fromEntries(kept));
}
