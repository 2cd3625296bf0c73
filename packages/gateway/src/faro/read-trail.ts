import { FARO_LIMITS } from "./limits.ts";
import type { Masking } from "./masking.ts";
import { fieldOf, readLine, readTime, readToken, toFields } from "./read-fields.ts";
import { readJsonList } from "./read-json-list.ts";

const MAX_TRAIL_CHARACTERS = 6_000;

/**
 * What the user did before an error, written anew as JSON text with known fields only. Of a long one
 * the end is kept: the newest step is the nearest to the error.
 */
export function readTrail(value: unknown, masking: Masking): string | undefined {
  const steps = readJsonList(value).slice(-FARO_LIMITS.trailSteps);
  const kept: string[] = [];
  let left = MAX_TRAIL_CHARACTERS;
  for (const step of steps.toReversed()) {
    const text = readStep(step, masking);
    if (text === undefined) continue;
    left -= text.length + 1;
    if (left < 0) break;
    kept.push(text);
  }
  return kept.length === 0 ? undefined : `[${kept.reverse().join(",")}]`;
}

function readStep(step: unknown, masking: Masking): string | undefined {
  const fields = toFields(step);
  const at = readTime(fieldOf(fields, "at"));
  const kind = readToken(fieldOf(fields, "kind"));
  const text = readLine(fieldOf(fields, "text"), FARO_LIMITS.trailText, masking);
  if (at === undefined || kind === undefined || text === undefined) return undefined;
  return JSON.stringify({ at, kind, text });
}
