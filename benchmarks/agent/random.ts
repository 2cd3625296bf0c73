/** The same numbers in every run, so that a fault that was found is found again. */
export interface SeededRandom {
  /** From `low` up to `high`, not including it. */
  between: (low: number, high: number) => number;
}

/** Mulberry32: 32 bits of state are enough to spread moments. */
export function createRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { between: (low, high) => low + next() * (high - low) };
}
