import type { Json } from "../../plan/resource.ts";

const UNIT_MILLIS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Also whole seconds as a number; undefined where there is none. */
function canonicalMillis(value: Json | undefined): number | undefined {
  if (typeof value === "number") return value * 1000;
  if (typeof value !== "string" || value === "") return undefined;
  let sum = 0;
  for (const [, amount = "", unit = ""] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g)) {
    sum += Number(amount) * (UNIT_MILLIS[unit] ?? 0);
  }
  return Math.round(sum);
}

const PARTS = ["d", "h", "m", "s", "ms"] as const;

/** The same duration always in the same words, and as people write it: `345600s` → `4d`, `90m` → `1h30m`. */
export function canonicalDuration(value: Json | undefined): string | null {
  let left = canonicalMillis(value);
  if (!left) return null;
  let text = "";
  for (const unit of PARTS) {
    const size = UNIT_MILLIS[unit] ?? 1;
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text;
}
