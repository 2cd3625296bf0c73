/** Occurrences of one error that came while its last telling was fresh. */
interface Storm<T> {
  held: number;
  newest: T | undefined;
  untilMillis: number;
}

export interface StormsOptions<T> {
  /** `n`: occurrences that it stands for, at least 1. */
  readonly tell: (item: T, n: number) => void;
  readonly now: () => number;
  /** Between two tellings of one error. */
  readonly intervalMillis: number;
  /** Errors that are told apart; past it the oldest is told and forgotten. */
  readonly maxKinds: number;
}

/** The first of an error is told at once, then one per interval with how many it stands for. */
export interface Storms<T> {
  add(key: string, item: T): void;
  /** Tells all that is held: of storms whose time has come, or of all. */
  settle(which: "due" | "all"): void;
  /** When the next one is due, Unix milliseconds; undefined: nothing is held. */
  nextMillis(): number | undefined;
}

export function createStorms<T>(options: StormsOptions<T>): Storms<T> {
  const { intervalMillis, maxKinds, now, tell } = options;
  // In the order of their last telling, so the first one is the oldest.
  const storms = new Map<string, Storm<T>>();

  const tellHeld = (storm: Storm<T>): void => {
    const { held, newest } = storm;
    storm.held = 0;
    storm.newest = undefined;
    if (held > 0 && newest !== undefined) tell(newest, held);
  };

  return {
    add: (key, item) => {
      const storm = storms.get(key);
      if (storm !== undefined && now() < storm.untilMillis) {
        storm.held += 1;
        storm.newest = item;
        return;
      }
      const held = storm?.held ?? 0;
      storms.delete(key);
      storms.set(key, { held: 0, newest: undefined, untilMillis: now() + intervalMillis });
      tell(item, held + 1);
      if (storms.size <= maxKinds) return;
      const [oldest] = storms;
      if (oldest === undefined) return;
      storms.delete(oldest[0]);
      tellHeld(oldest[1]);
    },
    settle: (which) => {
      const time = now();
      for (const [key, storm] of storms) {
        if (which === "due" && storm.untilMillis > time) continue;
        if (storm.held === 0) {
          storms.delete(key);
          continue;
        }
        storm.untilMillis = time + intervalMillis;
        tellHeld(storm);
      }
    },
    nextMillis: () => {
      let next: number | undefined;
      for (const storm of storms.values()) {
        if (storm.held > 0 && (next === undefined || storm.untilMillis < next)) {
          next = storm.untilMillis;
        }
      }
      return next;
    },
  };
}
