import fc from "fast-check";
import { expect, test } from "vitest";
import { isTooOld, planBatch, planEviction, sumBytes } from "../../src/queue/plan.ts";
import type { Key } from "../../src/queue/row.ts";
import { compareKeys } from "../../src/queue/table.ts";

const key = (rank: number, atMillis: number, bytes = 100, items = 1): Key => [
  rank,
  atMillis,
  "a",
  bytes,
  items,
];
const keys = fc.uniqueArray(
  fc.tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.constantFrom("a", "b"),
    fc.integer({ min: 1, max: 5_000 }),
    fc.integer({ min: 1, max: 20 }),
  ) as fc.Arbitrary<Key>,
  { selector: String, maxLength: 60 },
);

test("a batch is of one meta, in order, within its bytes, and never empty while something waits", () => {
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 20_000 }), (unsorted, maxBytes) => {
      const sorted = unsorted.toSorted(compareKeys);
      const batch = planBatch(sorted, maxBytes);
      expect(batch.length > 0).toBe(sorted.length > 0);
      expect(batch[0]).toEqual(sorted[0]);
      expect(new Set(batch.map(([, , meta]) => meta)).size).toBeLessThanOrEqual(1);
      expect(batch).toEqual(batch.toSorted(compareKeys));
      if (batch.length > 1) expect(sumBytes(batch)).toBeLessThanOrEqual(maxBytes);
    }),
  );
});

test("a batch has no more items, and no more spans, than the gateway takes", () => {
  const lines = Array.from({ length: 200 }, (_, index) => key(3, index, 1, 20));
  expect(planBatch(lines, 256_000)).toHaveLength(50);
  const spans = Array.from({ length: 200 }, (_, index) => key(2, index, 1, 20));
  expect(planBatch(spans, 256_000)).toHaveLength(10);
});

test("nothing is dropped while everything has room", () => {
  expect(planEviction([key(3, 1), key(0, 2)], 200)).toEqual([]);
});

test("the oldest of the lowest rank goes first, and a tenth of the room is made at once", () => {
  const lines = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((atMillis) => key(3, atMillis));
  const victims = planEviction([key(0, 0), key(1, 0), ...lines], 1_000);
  expect(victims).toEqual([key(3, 1), key(3, 2)]);
});

test("what is left has room, and nothing that is left matters less than what went", () => {
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 100_000 }), (all, maxBytes) => {
      const victims = planEviction(all, maxBytes);
      const left = all.filter((one) => !victims.includes(one));
      expect(sumBytes(left)).toBeLessThanOrEqual(maxBytes);
      const highest = Math.min(...victims.map(([rank]) => rank));
      expect(left.every(([rank]) => rank <= highest)).toBe(true);
    }),
  );
});

test("an item is too old after a week, unless the clock was never set", () => {
  const now = Date.UTC(2026, 10, 23);
  expect(isTooOld(key(3, now - 604_800_001), now)).toBe(true);
  expect(isTooOld(key(3, now - 604_800_000), now)).toBe(false);
  expect(isTooOld(key(3, 5_000), now)).toBe(false);
  expect(isTooOld(key(3, now + 86_400_000), now)).toBe(false);
});
