import { describe, expect, it } from "vitest";
import { createRecordClock, type RecordClock } from "../../src/lines/record-clock.ts";

const NOON = 1_700_000_000_000;
const nanos = (millis: number): bigint => BigInt(millis) * 1_000_000n;

function stamp(clock: RecordClock, millis: number): bigint {
  const { low, high } = clock.stamp(millis);
  return (BigInt(high) << 32n) | BigInt(low);
}

describe("the time of a record", () => {
  it("is that of the line, to the millisecond", () => {
    for (const millis of [1, 999, 2 ** 31, NOON, NOON + 123.9, 4_000_000_000_000]) {
      expect(stamp(createRecordClock(), millis)).toBe(nanos(Math.floor(millis)));
    }
  });

  it("differs for the lines of one millisecond and keeps their order", () => {
    const clock = createRecordClock();
    const times = Array.from({ length: 5_000 }, () => stamp(clock, NOON));
    expect(times[0]).toBe(nanos(NOON));
    for (const [index, time] of times.entries()) {
      expect(time).toBe(nanos(NOON) + BigInt(index) * 1_000n);
    }
    expect(stamp(clock, NOON + 1)).toBe(nanos(NOON) + 5_000_000n);
  });

  it("keeps order where the clock runs back a little, never more than 100 ms from the line", () => {
    const clock = createRecordClock();
    let last = stamp(clock, NOON);
    for (let behind = 1; behind < 100; behind += 1) {
      const time = stamp(clock, NOON - behind);
      expect(time).toBeGreaterThan(last);
      expect(time - nanos(NOON - behind)).toBeLessThan(100_000_000n);
      last = time;
    }
  });

  it("follows a clock that is set back by an hour at once", () => {
    const clock = createRecordClock();
    stamp(clock, NOON);
    expect(stamp(clock, NOON - 3_600_000) / 1_000_000n).toBe(BigInt(NOON - 3_600_000));
  });

  it("is never one that was given before, although the clock goes through the same hour again", () => {
    const clock = createRecordClock();
    const seen = new Set<bigint>();
    let given = 0;
    for (let round = 0; round < 20; round += 1) {
      for (let millis = NOON; millis < NOON + 1_000; millis += 10) {
        for (let line = 0; line < 3; line += 1) {
          seen.add(stamp(clock, millis));
          given += 1;
        }
      }
    }
    expect(seen.size).toBe(given);
  });

  it("is 1970 for what is no time, and the next line is right again", () => {
    const clock = createRecordClock();
    stamp(clock, NOON);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -5, 1e20]) {
      expect(stamp(clock, odd)).toBeLessThan(1_000_000n);
    }
    expect(stamp(clock, NOON + 1) / 1_000_000n).toBe(BigInt(NOON + 1));
  });
});
