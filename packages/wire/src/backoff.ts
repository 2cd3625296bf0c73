import type { Random } from "./seams.ts";

export interface RetryOptions {
  /** Upper bound of the wait after the first failure. Default 500. */
  readonly initialMillis?: number;
  /** Upper bound of every later wait, which doubles up to here. Default 30,000. */
  readonly maxMillis?: number;
  /** The longest `Retry-After` that is obeyed. Default 300,000. */
  readonly maxRetryAfterMillis?: number;
  /** Base of the wait where a person must act first (401, 403, redirect). Default 60,000. */
  readonly slowMillis?: number;
}

export const RETRY_DEFAULTS: Required<RetryOptions> = {
  initialMillis: 500,
  maxMillis: 30_000,
  maxRetryAfterMillis: 300_000,
  slowMillis: 60_000,
};

/** Part of a server-given or slow wait that is added at random, so that senders do not come as one. */
const SPREAD_RATIO = 0.1;

/** Full jitter: anywhere from 0 to the doubled bound. `failures` is 1 after the first. */
export function backoffMillis(
  failures: number,
  options: Required<RetryOptions>,
  random: Random,
): number {
  // 2 ** 1024 is Infinity and min() takes it; no cap on the exponent is needed.
  const bound = Math.min(options.maxMillis, options.initialMillis * 2 ** (failures - 1));
  return Math.round(random() * bound);
}

/** `Retry-After` is a lower bound, so the spread only adds. */
export function retryAfterMillis(
  askedMillis: number,
  options: Required<RetryOptions>,
  random: Random,
): number {
  return spreadUp(Math.min(askedMillis, options.maxRetryAfterMillis), random);
}

export function slowRetryMillis(options: Required<RetryOptions>, random: Random): number {
  return spreadUp(options.slowMillis, random);
}

function spreadUp(millis: number, random: Random): number {
  return Math.round(millis * (1 + SPREAD_RATIO * random()));
}
