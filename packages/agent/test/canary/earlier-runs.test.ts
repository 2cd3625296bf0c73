import { describe, expect, it } from "vitest";
import { createEarlierRuns, type ReadMark } from "../../src/canary/earlier-runs.ts";

const START = 1_700_000_000_000;
const NOTHING = { delaysMillis: [], late: 0, missing: 0 };

/** Lines of a run, a second apart; the first one that many seconds before this run began. */
const marks = (numbers: readonly number[], secondsBefore = 100, run = "before"): ReadMark[] =>
  numbers.map((number) => ({ run, number, unixMillis: START + (number - secondsBefore) * 1_000 }));

function setUp() {
  const runs = createEarlierRuns({
    startedUnixMillis: START,
    lateMillis: 30_000,
    missingMillis: 300_000,
    lineMillis: 1_000,
  });
  const take = (seconds: number, readable: readonly ReadMark[], isCalm = true) =>
    runs.take(readable, START + seconds * 1_000, isCalm);
  return { runs, take };
}

describe("lines of runs before this one", () => {
  it("are not counted again where they are readable at the first look", () => {
    const { take } = setUp();
    expect(take(5, marks([1, 2, 3]))).toEqual(NOTHING);
    expect(take(400, marks([1, 2, 3]))).toEqual(NOTHING);
  });

  it("are found when they come later, after the last that was known or in a gap", () => {
    const { take } = setUp();
    take(5, marks([90, 92]));
    expect(take(10, marks([90, 91, 92, 93]))).toEqual({
      ...NOTHING,
      delaysMillis: [19_000, 17_000],
    });
    expect(take(60, marks([90, 91, 92, 93, 94]))).toEqual({
      delaysMillis: [66_000],
      late: 1,
      missing: 0,
    });
  });

  it("are missing between two others, 5 minutes after they were printed, and once", () => {
    const { take, runs } = setUp();
    take(5, marks([1, 2, 5]));
    expect(take(205, marks([1, 2, 5]))).toEqual(NOTHING);
    expect(take(206, marks([1, 2, 5]), false)).toEqual(NOTHING);
    expect(take(207, marks([1, 2, 5]))).toEqual({ ...NOTHING, late: 2, missing: 2 });
    expect(runs.isSettled()).toBe(false);
    expect(take(301, marks([1, 2, 5]))).toEqual(NOTHING);
    expect(runs.isSettled()).toBe(true);
  });

  it("are missing, too, in a gap that a line makes which comes later", () => {
    const { take } = setUp();
    take(5, marks([1]));
    expect(take(10, marks([1, 4]))).toMatchObject({ delaysMillis: [106_000], missing: 0 });
    expect(take(400, marks([1, 4]))).toMatchObject({ missing: 2 });
  });

  it("are not guessed before the first and after the last number", () => {
    const { take } = setUp();
    take(5, marks([50, 51]));
    expect(take(400, marks([50, 51]))).toEqual(NOTHING);
  });

  it("are not those of a canary that goes on beside this one", () => {
    const { take } = setUp();
    take(1, marks([1, 5], 10, "beside"));
    expect(take(30, marks([1, 5, 7, 20], 10, "beside"))).toEqual(NOTHING);
    expect(take(400, marks([1, 5, 7, 20], 10, "beside"))).toEqual(NOTHING);
  });

  it("are not made of numbers that no run can have printed in that time", () => {
    const { take } = setUp();
    const forged = [{ run: "forged", number: 999_999_999_999, unixMillis: START - 1_000 }];
    take(5, [...marks([1], 100, "forged"), ...forged]);
    expect(take(400, [...marks([1], 100, "forged"), ...forged])).toEqual(NOTHING);
  });

  it("are kept apart by run", () => {
    const { take } = setUp();
    const both = [...marks([1, 3], 100, "one"), ...marks([2, 4], 50, "two")];
    take(5, both);
    expect(take(400, both)).toMatchObject({ missing: 2 });
  });
});
