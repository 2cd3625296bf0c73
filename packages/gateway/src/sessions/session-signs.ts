import type { SessionState } from "@sightline/core";
import { LRUCache } from "lru-cache";

/** Remembers which signs of life were written down, so that each is one record an hour. */
export interface SessionSigns {
  /**
   * Whether this is the first in its hour, which it then is no more.
   *
   * @param who names a session together with its user.
   */
  isNew(who: string, state: SessionState, timeMillis: number): boolean;
  /** It was not written down after all. */
  forget(who: string, state: SessionState, timeMillis: number): void;
}

const HOUR_MILLIS = 3_600_000;

/**
 * @param maxSigns past it the oldest is forgotten, and may be written once more: counts are of
 *   different people, which a second record of one does not change.
 */
export function createSessionSigns(maxSigns = 100_000): SessionSigns {
  const known = new LRUCache<string, true>({ max: maxSigns });
  const keyOf = (who: string, state: SessionState, timeMillis: number): string =>
    `${Math.floor(timeMillis / HOUR_MILLIS)} ${state} ${who}`;
  return {
    isNew(who, state, timeMillis) {
      const key = keyOf(who, state, timeMillis);
      if (known.has(key)) return false;
      known.set(key, true);
      return true;
    },
    forget(who, state, timeMillis) {
      known.delete(keyOf(who, state, timeMillis));
    },
  };
}
