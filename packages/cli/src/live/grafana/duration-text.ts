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

/** `4d`, `96h`, `1h30m`, and whole seconds as a number → milliseconds; undefined where there is none. */
export function canonicalMillis(value: Json | undefined): number | undefined {
  if (typeof value === "number") return value * 1000;
  if (typeof value !== "string" || value === "") return undefined;
  let sum = 0;
  for (const [, amount = "", unit = ""] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g)) {
    sum += Number(amount) * (UNIT_MILLIS[unit] ?? 0);
  }
  return Math.round(sum);
}
