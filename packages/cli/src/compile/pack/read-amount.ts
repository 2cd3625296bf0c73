import { parseDuration } from "@sightline/core";
import Big from "big.js";
import type { AmountUnit } from "./pack-row.ts";

export type AmountResult =
  /** Decimal, in the unit of the query: a ratio, seconds, a number. */
  | { readonly status: "ok"; readonly amount: string }
  | { readonly status: "invalid"; readonly expected: string };

const EXPECTED: Readonly<Record<AmountUnit, string>> = {
  share: 'a percentage from 0% to 100%, like "5%"',
  duration: 'a duration above 0, like "90s", "30m", "24h" or "14d"',
  count: 'a number, like "50"',
};

/** An amount as people write it, exact: `5%` → `0.05`, `24h` → `86400`, `50` → `50`. */
export function readAmount(text: string, unit: AmountUnit): AmountResult {
  const amount = READ[unit](text.trim());
  return amount === undefined
    ? { status: "invalid", expected: EXPECTED[unit] }
    : { status: "ok", amount };
}

const NUMBER = /^\d{1,15}(\.\d{1,9})?$/;

const READ: Readonly<Record<AmountUnit, (text: string) => string | undefined>> = {
  share(text) {
    if (!text.endsWith("%")) return undefined;
    const number = text.slice(0, -1).trimEnd();
    if (!NUMBER.test(number)) return undefined;
    const share = new Big(number).div(100);
    return share.gt(1) ? undefined : share.toFixed();
  },
  duration(text) {
    const result = parseDuration(text);
    // Nothing is younger than no time at all: it would fire for everything.
    if (result.status !== "ok" || result.millis === 0) return undefined;
    return new Big(result.millis).div(1000).toFixed();
  },
  count: (text) => (NUMBER.test(text) ? new Big(text).toFixed() : undefined),
};
