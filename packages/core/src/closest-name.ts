/**
 * The known name a misspelt one was most likely meant to be, or undefined when none is near.
 *
 * Near means at most a third of the letters differ, case aside; two letters that changed places
 * count as one.
 */
export function closestName(name: string, known: readonly string[]): string | undefined {
  // Distances of endless names cost much and are never near.
  if (name.length > 100) return undefined;
  const ranked = known
    .map((candidate) => ({
      candidate,
      distance: editDistance(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((left, right) => left.distance - right.distance);
  const best = ranked[0];
  if (best === undefined) return undefined;
  return best.distance <= Math.max(1, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

/** Optimal string alignment: insertions, deletions, substitutions and neighbours that changed places. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      const hasChangedPlaces =
        left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
        hasChangedPlaces && row > 1 && column > 1
          ? (beforePrevious[column - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY,
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
}
