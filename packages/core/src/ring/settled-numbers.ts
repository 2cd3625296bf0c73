import type { RingSettled } from "./ring-content.ts";

/** Which numbers are settled: all up to one, and stretches above it. Numbers begin at 1. */
export interface SettledNumbers {
  /** In any order; numbers that are none, and those told twice, change nothing. */
  add(numbers: readonly number[]): void;
  has(number: number): boolean;
  /** Numbers below `limit` that are not settled. */
  countOpenBelow(limit: number): number;
  read(): RingSettled;
}

/** More holes than this are forgotten from above: what lies there is sent twice after a crash, not lost. */
const MAX_RANGES = 1_000;

export function createSettledNumbers(
  initial: RingSettled = { through: 0, ranges: [] },
): SettledNumbers {
  let through = 0;
  let ranges: [number, number][] = [];

  function addRange(from: number, to: number): void {
    if (to <= through) return;
    if (from <= through + 1) {
      through = to;
      while (ranges[0] !== undefined && ranges[0][0] <= through + 1) {
        through = Math.max(through, ranges[0][1]);
        ranges.shift();
      }
      return;
    }
    // All that touch the new one become one with it.
    const first = firstEndingAtOrAfter(from - 1);
    let last = first;
    let [low, high] = [from, to];
    for (
      let range = ranges[last];
      range !== undefined && range[0] <= to + 1;
      range = ranges[last]
    ) {
      low = Math.min(low, range[0]);
      high = Math.max(high, range[1]);
      last += 1;
    }
    ranges.splice(first, last - first, [low, high]);
    if (ranges.length > MAX_RANGES) ranges = ranges.slice(0, MAX_RANGES);
  }

  function firstEndingAtOrAfter(number: number): number {
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ranges[middle] as [number, number])[1] < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  if (isNumber(initial.through)) through = initial.through;
  for (const [from, to] of initial.ranges) {
    if (isNumber(from) && isNumber(to) && from <= to) addRange(from, to);
  }

  return {
    add(numbers) {
      let from = 0;
      let to = -1;
      for (const number of numbers) {
        if (!isNumber(number)) continue;
        if (number === to + 1) {
          to = number;
          continue;
        }
        if (to >= from && from > 0) addRange(from, to);
        from = number;
        to = number;
      }
      if (from > 0) addRange(from, to);
    },
    has(number) {
      if (number <= through) return true;
      const range = ranges[firstEndingAtOrAfter(number)];
      return range !== undefined && range[0] <= number;
    },
    countOpenBelow(limit) {
      let open = Math.max(0, limit - 1 - through);
      for (const [from, to] of ranges) {
        if (from >= limit) break;
        open -= Math.min(to, limit - 1) - from + 1;
      }
      return open;
    },
    read: () => ({ through, ranges: ranges.map(([from, to]) => [from, to] as const) }),
  };
}

function isNumber(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
