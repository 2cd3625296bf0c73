import { SEVERITY, type SeverityNumber, severityFromText } from "@sightline/core";

/**
 * Severity of each level of a logger. A level whose name is known has that severity; one of the
 * host's own lies between its known neighbours, and one beyond the last of them is a step further.
 * Where no name is known, the levels are spread from ERROR to DEBUG.
 *
 * @param levels names, the least severe first.
 */
export function createSeverityScale(
  levels: readonly string[],
): ReadonlyMap<string, SeverityNumber> {
  const known = levels.map((level) => severityFromText(level));
  return new Map(levels.map((level, rank) => [level, known[rank] ?? severityAt(rank, known)]));
}

function severityAt(rank: number, known: readonly (number | undefined)[]): SeverityNumber {
  const below = known.findLastIndex((severity, at) => at < rank && severity !== undefined);
  const above = known.findIndex((severity, at) => at > rank && severity !== undefined);
  const low = known[below];
  const high = known[above];
  if (low !== undefined && high !== undefined) {
    return clamp(low + ((high - low) * (rank - below)) / (above - below));
  }
  if (low !== undefined) return clamp(low + (rank - below));
  if (high !== undefined) return clamp(high - (above - rank));
  if (known.length === 1) return SEVERITY.INFO;
  const range = SEVERITY.ERROR - SEVERITY.DEBUG;
  return clamp(SEVERITY.DEBUG + (range * rank) / (known.length - 1));
}

function clamp(severity: number): SeverityNumber {
  return Math.min(24, Math.max(1, Math.round(severity))) as SeverityNumber;
}
