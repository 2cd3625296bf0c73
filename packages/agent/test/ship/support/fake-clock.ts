import type { Cancel, Clock } from "@sightline/wire";

export interface FakeClock extends Clock {
  /** Moves time on and runs what falls due, in order of time. */
  advance(millis: number): void;
  /** How long until each planned call, sorted. */
  pendingDelays(): number[];
}

/** Time that stands still until a test moves it. */
export function createFakeClock(startUnixMillis = 1_700_000_000_000): FakeClock {
  const plans = new Set<{ readonly dueMillis: number; readonly run: () => void }>();
  let nowMillis = startUnixMillis;
  return {
    now: () => nowMillis,
    after(delayMillis, run): Cancel {
      const plan = { dueMillis: nowMillis + delayMillis, run };
      plans.add(plan);
      return () => plans.delete(plan);
    },
    advance(millis) {
      nowMillis += millis;
      const due = [...plans].filter((plan) => plan.dueMillis <= nowMillis);
      for (const plan of due.sort((a, b) => a.dueMillis - b.dueMillis)) {
        if (plans.delete(plan)) plan.run();
      }
    },
    pendingDelays: () => [...plans].map((plan) => plan.dueMillis - nowMillis).sort((a, b) => a - b),
  };
}
