import { describe, expect, it } from "vitest";
import { createLineTracker, type Moment } from "../../src/canary/line-tracker.ts";

const START = 1_700_000_000_000;
const LIMITS = { lateMillis: 30_000, missingMillis: 300_000, keepMillis: 3_600_000 };

/** The wall's clock, and one that began with the test. */
const at = (seconds: number, wallShiftSeconds = 0): Moment => ({
  unixMillis: START + (seconds + wallShiftSeconds) * 1_000,
  steadyMillis: seconds * 1_000,
});

function setUp() {
  const tracker = createLineTracker(LIMITS);
  /** Readable numbers, with copies where there is more than one. */
  const take = (
    seconds: number,
    readable: readonly number[],
    how: { isWhole?: boolean; isCalm?: boolean; asked?: number } = {},
  ) => {
    const copies = new Map<number, number>();
    for (const number of readable) copies.set(number, (copies.get(number) ?? 0) + 1);
    const { isWhole = true, isCalm = true, asked = seconds } = how;
    const read = { copies, asked: at(asked), answered: at(seconds), isWhole, isCalm };
    const { delaysMillis, newestFoundUnixMillis: _, ...counts } = tracker.take(read);
    return { found: delaysMillis, ...counts };
  };
  return { tracker, take };
}
const NONE = { found: [], late: 0, missing: 0, recovered: 0, doubled: 0, unknown: 0 };

describe("the lines that the canary waits for", () => {
  it("are found once, with the time from printing to the answer", () => {
    const { tracker, take } = setUp();
    expect([tracker.write(at(0)), tracker.write(at(1))]).toEqual([1, 2]);
    expect(take(2, [1], { asked: 1.9 })).toEqual({ ...NONE, found: [2_000] });
    expect(take(4, [1, 2])).toEqual({ ...NONE, found: [3_000] });
    expect(take(6, [1, 2])).toEqual(NONE);
  });

  it("are late after 30 s and missing after 5 minutes, each said once", () => {
    const { tracker, take } = setUp();
    tracker.write(at(0));
    expect(take(30, [])).toEqual(NONE);
    expect(take(31, [])).toEqual({ ...NONE, late: 1 });
    expect(take(300, [])).toEqual(NONE);
    expect(take(301, [])).toEqual({ ...NONE, missing: 1 });
    expect(take(400, [])).toEqual(NONE);
  });

  it("are late, too, when they are found between two looks far apart", () => {
    const { tracker, take } = setUp();
    tracker.write(at(0));
    expect(take(100, [1])).toEqual({ ...NONE, found: [100_000], late: 1 });
  });

  it("are found and recovered when they come after they were missing", () => {
    const { tracker, take } = setUp();
    tracker.write(at(0));
    take(301, []);
    expect(take(900, [1])).toEqual({ ...NONE, found: [900_000], recovered: 1 });
    expect(take(901, [1])).toEqual(NONE);
  });

  it("are not missing by an answer that was asked for too early, is cut, or comes before calm", () => {
    const { tracker, take } = setUp();
    tracker.write(at(0));
    take(31, []);
    expect(take(305, [], { asked: 299 })).toEqual(NONE);
    expect(take(306, [], { isWhole: false })).toEqual(NONE);
    expect(take(307, [], { isCalm: false })).toEqual(NONE);
    expect(take(308, [])).toEqual({ ...NONE, missing: 1 });
  });

  it("count every copy beyond the first, and each copy once", () => {
    const { tracker, take } = setUp();
    tracker.write(at(0));
    expect(take(1, [1, 1])).toEqual({ ...NONE, found: [1_000], doubled: 1 });
    expect(take(2, [1])).toEqual(NONE);
    expect(take(3, [1, 1])).toEqual(NONE);
    expect(take(4, [1, 1, 1, 1])).toEqual({ ...NONE, doubled: 2 });
  });

  it("are unknown, and not missing, when nobody could ask for an hour", () => {
    const { tracker, take } = setUp();
    tracker.write(at(0));
    tracker.write(at(100));
    expect(tracker.takeFailure(at(3_600))).toEqual({ unknown: 0 });
    expect(tracker.takeFailure(at(3_601))).toEqual({ unknown: 1 });
    expect(take(3_602, [2])).toMatchObject({ missing: 0, unknown: 0, found: [3_502_000] });
  });

  it("keep their age when somebody sets the clock of the host, and are asked for where they are", () => {
    const { tracker, take } = setUp();
    tracker.write(at(0));
    tracker.write(at(1, 7_200));
    expect(take(2, [2])).toEqual({ ...NONE, found: [1_000] });
    expect(take(3, [1])).toEqual({ ...NONE, found: [3_000] });
    const window = tracker.window("all");
    expect(window?.fromUnixMillis).toBeLessThan(START);
    expect(window?.toUnixMillis).toBeGreaterThan(START + 7_200_000);
  });

  it("are asked for while they are open, and all of them now and then", () => {
    const { tracker, take } = setUp();
    expect(tracker.window("all")).toBeUndefined();
    tracker.write(at(0));
    tracker.write(at(60));
    expect(tracker.window("open")).toEqual({
      fromUnixMillis: START - 5_000,
      toUnixMillis: START + 120_000,
    });
    take(61, [1, 2]);
    expect(tracker.window("open")).toBeUndefined();
    expect(tracker.window("all")).toEqual({
      fromUnixMillis: START - 5_000,
      toUnixMillis: START + 120_000,
    });
  });

  it("do not pile up, in a day with Loki or without it", () => {
    for (const isAway of [false, true]) {
      const { tracker, take } = setUp();
      let counted = 0;
      let largest = 0;
      for (let second = 1; second <= 86_400; second++) {
        const number = tracker.write(at(second));
        if (second % 10 !== 0) continue;
        largest = Math.max(largest, tracker.size());
        if (isAway) counted += tracker.takeFailure(at(second)).unknown;
        else
          counted += take(
            second,
            Array.from({ length: 20 }, (_, i) => number - i),
          ).found.length;
      }
      expect(largest).toBeLessThan(isAway ? 3_620 : 320);
      expect(counted).toBe(isAway ? 86_400 - 3_601 : 86_400);
    }
  });
});
