/** Value under which everything beyond the cap is counted together. */
export const OTHER_LABEL = "_other";

export type LabelCap = {
  /** The value itself while there is room for it, else `_other`. */
  fit(value: string): string;
};

/**
 * Bounds how many distinct values a metric attribute can take: each is a new set of series, kept
 * in the memory of this process and of Prometheus.
 *
 * @param onOverflow called once, with the first value that did not fit.
 */
export function createLabelCap(max: number, onOverflow: (value: string) => void): LabelCap {
  const known = new Set<string>();
  let hasOverflowed = false;
  return {
    fit(value) {
      if (known.has(value)) return value;
      if (known.size < max) {
        known.add(value);
        return value;
      }
      if (!hasOverflowed) {
        hasOverflowed = true;
        onOverflow(value);
      }
      return OTHER_LABEL;
    },
  };
}
