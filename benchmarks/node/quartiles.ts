import { formatFigure } from "../report.ts";

/** Middle of a sample and the two values that hold its middle half; NaN where there was none. */
export type Quartiles = {
  readonly count: number;
  readonly low: number;
  readonly median: number;
  readonly high: number;
};

export function quartilesOf(values: readonly number[]): Quartiles {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    low: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    high: quantile(sorted, 0.75),
  };
}

/** Between two values by their distance (type 7 of Hyndman and Fan, as most programs do). */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** `6.21 (5.9 to 6.6)`. */
export function showQuartiles({ low, median, high }: Quartiles, unit = ""): string {
  return `${formatFigure(median)}${unit} (${formatFigure(low)} to ${formatFigure(high)})`;
}
