import { type RateLimitConfig, SEVERITY } from "@sightline/core";
import type { Time } from "./line.ts";

/** Decides, by the times of the lines themselves, which of one source are too many. */
export interface RateLimiter {
  /** Whether these lines may go on. Severity is asked for only when they are too many. */
  takes(time: Time, lines: number, severityNumber: () => number): boolean;
}

/**
 * A token bucket that is filled by the clock of the lines: a backlog that is read in one go counts
 * as slowly as it was written, and the answer is the same when lines are read again. Lines of WARN
 * and above have a second bucket as large.
 */
export function createRateLimiter(config: RateLimitConfig): RateLimiter {
  const ordinary = createBucket(config.linesPerSecond, config.burstLines);
  const severe = createBucket(config.linesPerSecond, config.burstLines);
  return {
    takes(time, lines, severityNumber) {
      const at = time[0] + time[1] / 1e9;
      // What matters has a share of its own: a flood of other lines must not use it up.
      return ordinary.take(at, lines) || (isSevere(severityNumber) && severe.take(at, lines));
    },
  };
}

const isSevere = (severityNumber: () => number): boolean => severityNumber() >= SEVERITY.WARN;

interface Bucket {
  take(atSeconds: number, tokens: number): boolean;
}

function createBucket(perSecond: number, capacity: number): Bucket {
  let tokens = capacity;
  let lastSeconds: number | undefined;
  return {
    take(atSeconds, wanted) {
      const passed = lastSeconds === undefined ? 0 : Math.max(0, atSeconds - lastSeconds);
      // A clock that was set back starts a new count; else nothing would be refilled for long.
      lastSeconds = atSeconds;
      tokens = Math.min(capacity, tokens + passed * perSecond);
      if (tokens < wanted) return false;
      tokens -= wanted;
      return true;
    },
  };
}
