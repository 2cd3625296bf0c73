import type { SampleToken, TestSeries } from "../case.ts";

/**
 * promtool has one interval for all series of a test: the largest that all their steps are
 * multiples of, with gaps between the samples of slower ones.
 */
export function toBaseStep(all: readonly TestSeries[]): {
  readonly everyMillis: number;
  readonly series: readonly { readonly series: string; readonly values: string }[];
} {
  const everyMillis =
    all.reduce((step, { everyMillis }) => divisor(step, everyMillis), 0) || 60_000;
  return {
    everyMillis,
    series: all.map((series) => ({
      series: series.series,
      values: spread(series.tokens, series.everyMillis / everyMillis).join(" "),
    })),
  };
}

function divisor(left: number, right: number): number {
  return right === 0 ? left : divisor(right, left % right);
}

function spread(tokens: readonly SampleToken[], factor: number): readonly SampleToken[] {
  if (factor === 1) return tokens;
  const gap = `_x${factor - 1}`;
  return tokens.flatMap((token) => [token, gap]);
}
