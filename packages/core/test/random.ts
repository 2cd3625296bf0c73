/**
 * Seeded random numbers for property tests: mulberry32 by Tommy Ettinger, public domain. The same
 * seed gives the same cases, so a failure can be repeated.
 */
export interface RandomSource {
  /** 0 (inclusive) to `below` (exclusive). */
  integer(below: number): number;
  pick<T>(items: readonly T[]): T;
  text(alphabet: string, length: number): string;
}

export function createRandom(seed: number): RandomSource {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (below: number): number => Math.floor(next() * below);
  return {
    integer,
    pick: (items) => {
      if (items.length === 0) throw new Error("pick: expected at least one item");
      return items[integer(items.length)] as (typeof items)[number];
    },
    text: (alphabet, length) =>
      Array.from({ length }, () => alphabet[integer(alphabet.length)]).join(""),
  };
}
