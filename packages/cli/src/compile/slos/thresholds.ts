import Big from "big.js";
import type { BurnWindows } from "./burn-windows.ts";

/** Share that may fail: `99.9%` → 0.001, exactly. */
export function budgetOf(target: string): Big {
  return new Big(100).minus(target.replace("%", "")).div(100);
}

/** How many times faster than the period allows: 14.4 for 2 % of 30 days in an hour. */
export function burnFactor(windows: BurnWindows, periodMillis: number): Big {
  const part = new Big(windows.budgetPercent).times(periodMillis).div(100);
  return part.div(windows.longMillis);
}

/**
 * Error ratio of the pair. Multiplied first and divided last: exact wherever a decimal number can be,
 * else (28 days of three) right to 20 decimals.
 */
export function burnThreshold(windows: BurnWindows, periodMillis: number, target: string): Big {
  const part = new Big(windows.budgetPercent).times(periodMillis).times(budgetOf(target)).div(100);
  return part.div(windows.longMillis);
}

/**
 * Events in the long window below which a single bad one would be above the threshold: one of `n` is
 * 1/n, so there must be more than 1/threshold.
 */
export function trafficGate(threshold: Big): Big {
  return new Big(1).div(threshold).round(0, Big.roundDown).plus(1);
}

/** What the recorded rates look at. */
const SMOOTHING_MILLIS = 300_000;

/**
 * Time until the long window is above the threshold when from now on every event is bad, with steady
 * traffic. In the first five minutes the recorded rate only rises: what it has added up by then is
 * half of what happened.
 */
export function millisToFire(threshold: Big, { longMillis }: BurnWindows): number {
  const needed = Number(threshold.times(longMillis));
  const millis =
    needed <= SMOOTHING_MILLIS / 2
      ? Math.sqrt(2 * SMOOTHING_MILLIS * needed)
      : needed + SMOOTHING_MILLIS / 2;
  return Math.ceil(millis);
}
