const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** As PromQL and LogQL take it, in the largest unit that it is a whole number of: `10m`, `90s`, `1500ms`. */
export function queryDuration(millis: number): string {
  for (const [unit, unitMillis] of UNITS) {
    if (millis >= unitMillis && millis % unitMillis === 0) return `${millis / unitMillis}${unit}`;
  }
  return `${millis}ms`;
}
