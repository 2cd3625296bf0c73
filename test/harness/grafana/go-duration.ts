import { badRequestData } from "./answer.ts";

const UNITS = [
  ["y", 31_536_000_000, true],
  ["w", 604_800_000, true],
  ["d", 86_400_000, true],
  ["h", 3_600_000, false],
  ["m", 60_000, false],
  ["s", 1_000, false],
  ["ms", 1, false],
] as const;
const PATTERN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** model.ParseDuration of prometheus/common; undefined where it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (text === "0") return 0;
  const match = text === "" ? null : PATTERN.exec(text);
  if (!match) return undefined;
  return UNITS.reduce((sum, [, size], index) => sum + Number(match[index + 1] ?? 0) * size, 0);
}

/** model.Duration.String(): `4d`, `1h30m`, `0s`. */
export function formatGoDuration(millis: number): string {
  if (millis === 0) return "0s";
  let rest = millis;
  let text = "";
  for (const [unit, size, exactOnly] of UNITS) {
    if (exactOnly && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** A field of a body that is a duration; normalised as the server gives it back. */
export function durationField(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badRequestData();
  const millis = parseGoDuration(value);
  if (millis === undefined) throw badRequestData();
  return formatGoDuration(millis);
}
