/** A bucket of tokens: bursts pass, floods do not. */
export interface RateLimit {
  /** False: too many, this one is left out. */
  take(): boolean;
}

export function createRateLimit(perSecond: number, burst: number, now: () => number): RateLimit {
  let tokens = burst;
  let last = now();
  return {
    take: () => {
      const time = now();
      // A clock that was set back must not take tokens away.
      tokens = Math.min(burst, tokens + (Math.max(0, time - last) * perSecond) / 1000);
      last = time;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
