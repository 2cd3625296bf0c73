import { closestName } from "@sightline/core";

/** "did you mean ...?" for the nearest known name, or an empty text where none is near. */
export function suggest(given: string, known: readonly string[]): string {
  const best = closestName(given, known);
  return best === undefined ? "" : `did you mean "${best}"?`;
}
