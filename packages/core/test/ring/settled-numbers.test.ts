import { expect, it } from "vitest";
import { createSettledNumbers } from "../../src/index.ts";
import { createSeededRandom } from "./ring-bed.ts";

it("moves on only over numbers without a hole", () => {
  const settled = createSettledNumbers();
  settled.add([2, 3, 5]);
  expect(settled.read()).toEqual({
    through: 0,
    ranges: [
      [2, 3],
      [5, 5],
    ],
  });
  settled.add([1]);
  expect(settled.read()).toEqual({ through: 3, ranges: [[5, 5]] });
  settled.add([4]);
  expect(settled.read()).toEqual({ through: 5, ranges: [] });
});

it("takes 0, numbers that are told twice, and what is no number for nothing", () => {
  const settled = createSettledNumbers();
  settled.add([1, 1, 0, -4, Number.NaN, 1.5, 2]);
  settled.add([2, 1]);
  expect(settled.read()).toEqual({ through: 2, ranges: [] });
});

it("agrees with a plain set, at 300 seeds", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = createSeededRandom(seed);
    const settled = createSettledNumbers();
    const known = new Set<number>();
    for (let step = 0; step < 60; step += 1) {
      const from = Math.floor(random() * 100);
      const numbers = Array.from({ length: Math.floor(random() * 6) }, (_, n) => from + n);
      if (random() < 0.3) numbers.reverse();
      settled.add(numbers);
      for (const number of numbers) if (number > 0) known.add(number);
    }
    for (let number = 1; number <= 110; number += 1) {
      expect(settled.has(number), `seed ${seed}, ${number}`).toBe(known.has(number));
    }
    const open = Array.from({ length: 79 }, (_, n) => n + 1).filter((n) => !known.has(n)).length;
    expect(settled.countOpenBelow(80), `seed ${seed}`).toBe(open);
    expect(createSettledNumbers(settled.read()).read()).toEqual(settled.read());
  }
});

it("is bounded: of too many holes the highest are forgotten, so that lines come twice and none is lost", () => {
  const settled = createSettledNumbers();
  for (let number = 2; number <= 10_000; number += 2) settled.add([number]);
  expect(settled.read().ranges.length).toBeLessThanOrEqual(1_000);
  expect(settled.has(2)).toBe(true);
  expect(settled.has(3)).toBe(false);
});
