import { describe, expect, it } from "vitest";
import { createErrorBudgets } from "../../src/records/error-budgets.ts";

describe("the budget of an error", () => {
  it("is its limit at once, then what a minute brings", () => {
    const budgets = createErrorBudgets();
    const take = (atMillis: number): boolean => budgets.take("a", 3, atMillis);
    expect([0, 0, 0, 0].map(take)).toEqual([true, true, true, false]);
    expect(take(19_000)).toBe(false);
    expect(take(20_000)).toBe(true);
    expect([80_000, 80_000, 80_000, 80_000].map(take)).toEqual([true, true, true, false]);
  });

  it("is its own, and what was not used goes back", () => {
    const budgets = createErrorBudgets();
    expect(budgets.take("a", 1, 0)).toBe(true);
    expect(budgets.take("b", 1, 0)).toBe(true);
    budgets.giveBack("a");
    expect(budgets.take("a", 1, 0)).toBe(true);
    expect(budgets.take("a", 1, 0)).toBe(false);
  });

  it("neither grows nor shrinks by a clock that is set back, and may be nothing at all", () => {
    const budgets = createErrorBudgets();
    expect(budgets.take("a", 1, 100_000)).toBe(true);
    expect(budgets.take("a", 1, 0)).toBe(false);
    expect(budgets.take("a", 1, 60_000)).toBe(true);
    expect(budgets.take("b", 0, 0)).toBe(false);
  });
});
