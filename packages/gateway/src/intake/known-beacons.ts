import { LRUCache } from "lru-cache";
import type { BeaconOutcome } from "./intake.ts";

/**
 * What became of the beacons of the last minutes. A page that heard no answer sends again what may be
 * safe already; told once more, it would use up the budgets of its errors twice.
 */
export interface KnownBeacons {
  /** The outcome of the same beacon, known or still open; undefined: it is new. */
  find(digest: string): Promise<BeaconOutcome> | undefined;
  /** Remembered for as long as it is open, and longer only if it is safe. */
  remember(digest: string, outcome: Promise<BeaconOutcome>): void;
}

const TTL_MILLIS = 600_000;

export function createKnownBeacons(maxBeacons = 20_000): KnownBeacons {
  const safe = new LRUCache<string, BeaconOutcome>({ max: maxBeacons, ttl: TTL_MILLIS });
  const open = new Map<string, Promise<BeaconOutcome>>();
  return {
    find(digest) {
      const outcome = safe.get(digest);
      return outcome === undefined ? open.get(digest) : Promise.resolve(outcome);
    },
    remember(digest, promise) {
      open.set(digest, promise);
      void promise.then((outcome) => {
        open.delete(digest);
        if (outcome.status === "safe") safe.set(digest, outcome);
      });
    },
  };
}
