/** Value under which everything beyond the cap is counted together. */
export const OTHER_LABEL = "_other";

/** A longer value is cut: 200 values of a megabyte would be no bound. */
const MAX_VALUE_CHARACTERS = 512;
const MAX_SAMPLES = 3;

export type ValueCap = {
  /** The value itself, cut to 512 characters, while there is room for it, else `_other`. */
  fit(value: string): string;
  /** How often the answer was `_other` for another value. */
  overflows(): number;
};

/**
 * Bounds how many distinct values are told apart. The first ones stay; nothing is ever forgotten, so
 * that a series does not change its meaning.
 *
 * @param onOverflow called once, with up to three values, the one that did not fit last.
 */
export function createValueCap(
  max: number,
  onOverflow: (samples: readonly string[]) => void,
): ValueCap {
  const known = new Set<string>();
  let overflows = 0;
  return {
    fit(whole) {
      const value = cutValue(whole);
      if (known.has(value) || value === OTHER_LABEL) return value;
      if (known.size < max) {
        known.add(value);
        return value;
      }
      overflows += 1;
      if (overflows === 1) onOverflow([...[...known].slice(1 - MAX_SAMPLES), value]);
      return OTHER_LABEL;
    },
    overflows: () => overflows,
  };
}

export function cutValue(value: string): string {
  return value.length > MAX_VALUE_CHARACTERS ? value.slice(0, MAX_VALUE_CHARACTERS) : value;
}
