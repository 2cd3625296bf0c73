import type { Cancel, Clock } from "@sightline/wire";

/** One timer however many lines come: it is set again only when it has run. */
export interface HoldTimer {
  /** Something is held since now. Cheap: nearly always the timer runs already. */
  arm(): void;
  cancel(): void;
}

/**
 * `release` hands on what was held for `holdMillis` and returns for how many milliseconds the next
 * thing may still be held, or undefined if nothing is.
 */
export function createHoldTimer(
  clock: Clock,
  holdMillis: number,
  release: (nowMillis: number) => number | undefined,
): HoldTimer {
  let cancel: Cancel | undefined;

  function plan(delayMillis: number): void {
    // A wall clock can jump; nothing is held longer than it should be because of that.
    cancel = clock.after(Math.min(Math.max(delayMillis, 1), holdMillis), run);
  }

  function run(): void {
    cancel = undefined;
    const remaining = release(clock.now());
    if (remaining !== undefined) plan(remaining);
  }

  return {
    arm(): void {
      if (cancel === undefined) plan(holdMillis);
    },
    cancel(): void {
      cancel?.();
      cancel = undefined;
    },
  };
}
