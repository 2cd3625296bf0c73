import type { BeaconOutcome } from "./intake.ts";

/** Beacons whose fate is open. One that comes again meanwhile waits for the same fate. */
export interface OpenBeacons {
  find(digest: string): Promise<BeaconOutcome> | undefined;
  /** @param outcome must not reject. */
  add(digest: string, outcome: Promise<BeaconOutcome>): void;
}

export function createOpenBeacons(): OpenBeacons {
  const open = new Map<string, Promise<BeaconOutcome>>();
  return {
    find: (digest) => open.get(digest),
    add(digest, outcome) {
      open.set(digest, outcome);
      void outcome.finally(() => open.delete(digest)).catch(() => undefined);
    },
  };
}
