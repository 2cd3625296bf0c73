/** A budget that fills up again evenly; full at first. */
export interface TokenBucket {
  tokens: number;
  filledAtMillis: number;
}

export interface BucketRate {
  /** What a minute brings; also the most that gathers. */
  readonly perMinute: number;
}

const MINUTE_MILLIS = 60_000;

export function createBucket({ perMinute }: BucketRate, nowMillis: number): TokenBucket {
  return { tokens: perMinute, filledAtMillis: nowMillis };
}

/** Whether anything is left. One taking may overdraw: else what is larger than the budget never came. */
export function hasTokens(bucket: TokenBucket, rate: BucketRate, nowMillis: number): boolean {
  fill(bucket, rate, nowMillis);
  return bucket.tokens >= 1;
}

export function takeTokens(bucket: TokenBucket, count: number): void {
  bucket.tokens -= count;
}

/** Whole seconds, at least one, until something is left again. */
export function secondsUntilTokens(bucket: TokenBucket, { perMinute }: BucketRate): number {
  const missing = Math.max(0, 1 - bucket.tokens);
  return Math.max(1, Math.ceil((missing / perMinute) * 60));
}

function fill(bucket: TokenBucket, { perMinute }: BucketRate, nowMillis: number): void {
  // A clock that was set back must not take tokens away.
  const elapsedMillis = Math.max(0, nowMillis - bucket.filledAtMillis);
  const filled = bucket.tokens + (elapsedMillis / MINUTE_MILLIS) * perMinute;
  bucket.tokens = Math.min(perMinute, filled);
  bucket.filledAtMillis = nowMillis;
}
