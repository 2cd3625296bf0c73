import { LRUCache } from "lru-cache";

/** How far the clocks of pages are off. */
export interface ClockSkews {
  /**
   * What has to be added to a page's times, milliseconds; 0 where its clock is right.
   *
   * @param page names the page's session; undefined where it has none.
   */
  of(page: string | undefined, receivedAtMillis: number, sentAtMillis: number | undefined): number;
}

/** Below this a clock is right: it may be the way of the request that took so long. */
const TOLERANCE_MILLIS = 60_000;
/** A payload that is sent again takes another time on its way, and must be stamped as before. */
const STEP_MILLIS = 10_000;
const SAME_MILLIS = 15_000;

export function createClockSkews(maxPages = 20_000): ClockSkews {
  const known = new LRUCache<string, number>({ max: maxPages });
  return {
    of(page, receivedAtMillis, sentAtMillis) {
      if (sentAtMillis === undefined) return 0;
      const skew = receivedAtMillis - sentAtMillis;
      if (!Number.isFinite(skew) || Math.abs(skew) <= TOLERANCE_MILLIS) return 0;
      const before = page === undefined ? undefined : known.get(page);
      if (before !== undefined && Math.abs(skew - before) < SAME_MILLIS) return before;
      const rounded = Math.round(skew / STEP_MILLIS) * STEP_MILLIS;
      if (page !== undefined) known.set(page, rounded);
      return rounded;
    },
  };
}
