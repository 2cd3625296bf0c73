/**
 * As Grafana and Prometheus write a duration (model.Duration of prometheus/common): the largest units
 * first, without empty ones: `1h30m`, `4d`, `0s`.
 */
export function goDuration(millis: number): string {
  if (millis === 0) return "0s";
  let rest = millis;
  let text = "";
  for (const { unit, millis: size, isExactOnly } of UNITS) {
    if (isExactOnly && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** Years, weeks and days stand only where nothing is left over, as model.Duration.String() does. */
const UNITS = [
  { unit: "y", millis: 31_536_000_000, isExactOnly: true },
  { unit: "w", millis: 604_800_000, isExactOnly: true },
  { unit: "d", millis: 86_400_000, isExactOnly: true },
  { unit: "h", millis: 3_600_000, isExactOnly: false },
  { unit: "m", millis: 60_000, isExactOnly: false },
  { unit: "s", millis: 1_000, isExactOnly: false },
  { unit: "ms", millis: 1, isExactOnly: false },
] as const;
