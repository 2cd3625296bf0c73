import { LRUCache } from "lru-cache";

/** How many lines of each error may still be written. */
export interface ErrorBudgets {
  /** Whether one more fits; if so it is taken. */
  take(key: string, perMinute: number, nowMillis: number): boolean;
  /** It was not written after all. */
  giveBack(key: string): void;
}

interface Budget {
  left: number;
  atMillis: number;
}

const MINUTE_MILLIS = 60_000;

/** A token bucket for each error: full at first, and full again after a minute of silence. */
export function createErrorBudgets(maxErrors = 20_000): ErrorBudgets {
  const budgets = new LRUCache<string, Budget>({ max: maxErrors });
  return {
    take(key, perMinute, nowMillis) {
      const known = budgets.get(key);
      const budget = known ?? { left: perMinute, atMillis: nowMillis };
      if (known === undefined) budgets.set(key, budget);
      // A clock that was set back gives nothing, and takes nothing away.
      const passedMillis = Math.max(0, nowMillis - budget.atMillis);
      budget.left = Math.min(perMinute, budget.left + (passedMillis / MINUTE_MILLIS) * perMinute);
      budget.atMillis = nowMillis;
      if (budget.left < 1) return false;
      budget.left -= 1;
      return true;
    },
    giveBack(key) {
      const budget = budgets.get(key);
      if (budget !== undefined) budget.left += 1;
    },
  };
}
