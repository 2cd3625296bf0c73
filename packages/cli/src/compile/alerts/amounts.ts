import type { Dimension } from "../../spec/units.ts";
import { toBaseUnit } from "../../spec/units.ts";
import type { When } from "../../spec/when.ts";

/** What a figure is measured in: those of the units, and plain numbers. */
export type Measure = Dimension | "number" | "cores";

export type AmountResult =
  | { readonly status: "ok"; readonly amount: string }
  | { readonly status: "invalid"; readonly message: string; readonly advice: string };

const EXAMPLE: Readonly<Record<Measure, string>> = {
  duration: '"above 500ms for 5m"',
  ratio: '"above 5% for 5m"',
  bytes: '"above 512MiB for 5m"',
  "per-minute": '"above 600/min for 5m"',
  number: '"above 10 for 5m"',
  cores: '"above 1.5 for 5m"',
};

const IS_A: Readonly<Record<Measure, string>> = {
  duration: "a time",
  ratio: "a share",
  bytes: "a size",
  "per-minute": "a rate",
  number: "a plain number",
  cores: "a number of cores",
};

/**
 * The threshold in the unit of the query, exactly. A bare number is taken where it can mean one thing
 * only; a share or a time without a unit is asked back.
 */
export function readAmount(when: When, measure: Measure, what: string): AmountResult {
  const { amount, unit } = when;
  const isPlain = measure === "number" || measure === "cores";
  const wrong = (message: string): AmountResult => ({
    status: "invalid",
    message,
    advice: `write for example ${EXAMPLE[measure]}`,
  });
  if (unit === undefined) {
    if (isPlain || measure === "per-minute" || Number(amount) === 0)
      return { status: "ok", amount };
    return wrong(`${what} is ${IS_A[measure]}, and "${amount}" has no unit`);
  }
  const base = toBaseUnit(amount, unit);
  if (base === undefined || base.dimension !== measure) {
    return wrong(`${what} is ${IS_A[measure]}; "${amount}${unit}" is not`);
  }
  return { status: "ok", amount: base.amount };
}
