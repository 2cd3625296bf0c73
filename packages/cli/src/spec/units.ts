import Big from "big.js";

export type Dimension = "duration" | "ratio" | "bytes" | "per-minute";

interface Unit {
  readonly dimension: Dimension;
  /** How many of the base unit: seconds, 1, bytes, per minute. Decimal, exact; `1/60` where it must be divided. */
  readonly times: string;
  readonly divided?: string;
}

/** Every unit that `when` takes. `m` is minutes, as in durations everywhere in the file. */
export const UNITS: Readonly<Record<string, Unit>> = {
  us: { dimension: "duration", times: "0.000001" },
  µs: { dimension: "duration", times: "0.000001" },
  ms: { dimension: "duration", times: "0.001" },
  s: { dimension: "duration", times: "1" },
  m: { dimension: "duration", times: "60" },
  h: { dimension: "duration", times: "3600" },
  d: { dimension: "duration", times: "86400" },
  w: { dimension: "duration", times: "604800" },
  "%": { dimension: "ratio", times: "0.01" },
  B: { dimension: "bytes", times: "1" },
  kB: { dimension: "bytes", times: "1000" },
  KB: { dimension: "bytes", times: "1000" },
  MB: { dimension: "bytes", times: "1000000" },
  GB: { dimension: "bytes", times: "1000000000" },
  TB: { dimension: "bytes", times: "1000000000000" },
  KiB: { dimension: "bytes", times: "1024" },
  MiB: { dimension: "bytes", times: "1048576" },
  GiB: { dimension: "bytes", times: "1073741824" },
  TiB: { dimension: "bytes", times: "1099511627776" },
  "/s": { dimension: "per-minute", times: "60" },
  "/min": { dimension: "per-minute", times: "1" },
  "/h": { dimension: "per-minute", times: "1", divided: "60" },
};

/** Twenty places are more than any figure here has; only `/h` needs them. */
const Decimal = Big();
Decimal.DP = 20;
Decimal.NE = -30;
Decimal.PE = 40;

/**
 * `1.5` `s` → {dimension: "duration", amount: "1.5"}; `90` `%` → {dimension: "ratio", amount: "0.9"}.
 * Exact decimals, no exponents. Undefined for a unit that is not known.
 */
export function toBaseUnit(
  amount: string,
  unit: string,
): { readonly dimension: Dimension; readonly amount: string } | undefined {
  const row = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (row === undefined) return undefined;
  const whole = new Decimal(amount).times(row.times);
  const base = row.divided === undefined ? whole : whole.div(row.divided);
  return { dimension: row.dimension, amount: base.toFixed() };
}
