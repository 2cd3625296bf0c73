import type { Cancel, Clock } from "../../src/seams.ts";

export interface FakeClock extends Clock {
  /** Moves time on and runs what falls due, in order of time. */
  advance(millis: number): void;
  /** Delays of what is planned and not yet due, from now, sorted. */
  pendingDelays(): number[];
}

interface Plan {
  readonly dueMillis: number;
  readonly run: () => void;
}

export function createFakeClock(startUnixMillis = 1_700_000_000_000): FakeClock {
  const plans = new Set<Plan>();
  let nowMillis = startUnixMillis;

  function nextDue(untilMillis: number): Plan | undefined {
    return [...plans]
      .filter((plan) => plan.dueMillis <= untilMillis)
      .sort((a, b) => a.dueMillis - b.dueMillis)[0];
  }

  return {
    now: () => nowMillis,
    after(delayMillis, run): Cancel {
      const plan = { dueMillis: nowMillis + delayMillis, run };
      plans.add(plan);
      return () => plans.delete(plan);
    },
    advance(millis) {
      const untilMillis = nowMillis + millis;
      for (let plan = nextDue(untilMillis); plan; plan = nextDue(untilMillis)) {
        plans.delete(plan);
        nowMillis = Math.max(nowMillis, plan.dueMillis);
        plan.run();
      }
      nowMillis = untilMillis;
    },
    pendingDelays: () => [...plans].map((plan) => plan.dueMillis - nowMillis).sort((a, b) => a - b),
  };
}
