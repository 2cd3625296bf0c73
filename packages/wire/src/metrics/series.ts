import type { Attributes } from "@sightline/core";

export interface CounterSeries {
  readonly kind: "counter";
  readonly attributes: Attributes;
  /** 0: nobody knows since when it counts. */
  startMillis: number;
  /** When the total was last set; the next one, if lower, counts from here. */
  setMillis: number;
  value: number;
}

export interface GaugeSeries {
  readonly kind: "gauge";
  readonly attributes: Attributes;
  value: number;
}

export interface HistogramSeries {
  readonly kind: "histogram";
  readonly attributes: Attributes;
  readonly startMillis: number;
  count: number;
  sum: number;
  /** One more than there are boundaries. Absent while no observation had a value. */
  bucketCounts: number[] | undefined;
}

export type Series = CounterSeries | GaugeSeries | HistogramSeries;
export type SeriesOf<Kind extends Series["kind"]> = Extract<Series, { kind: Kind }>;

export function createSeries(
  kind: Series["kind"],
  attributes: Attributes,
  startMillis: number,
): Series {
  switch (kind) {
    case "counter":
      return { kind, attributes, startMillis, setMillis: startMillis, value: 0 };
    case "gauge":
      return { kind, attributes, value: 0 };
    case "histogram":
      return { kind, attributes, startMillis, count: 0, sum: 0, bucketCounts: undefined };
  }
}

/** Counts an observation; one without a value is in no bucket but the last. */
export function observeIn(
  series: HistogramSeries,
  value: number | undefined,
  boundaries: readonly number[],
): void {
  const earlier = series.count;
  series.count += 1;
  if (value === undefined) {
    // The counts of all buckets must add up to the count, or receivers refuse the point.
    if (series.bucketCounts) addTo(series.bucketCounts, boundaries.length, 1);
    return;
  }
  series.bucketCounts ??= emptyBuckets(boundaries.length, earlier);
  addTo(series.bucketCounts, bucketOf(value, boundaries), 1);
  series.sum += value;
}

function emptyBuckets(last: number, withoutValue: number): number[] {
  const counts: number[] = new Array(last + 1).fill(0);
  counts[last] = withoutValue;
  return counts;
}

/** Bounds are inclusive, as in OpenTelemetry and Prometheus. */
function bucketOf(value: number, boundaries: readonly number[]): number {
  const found = boundaries.findIndex((bound) => value <= bound);
  return found === -1 ? boundaries.length : found;
}

function addTo(counts: number[], index: number, count: number): void {
  counts[index] = (counts[index] ?? 0) + count;
}
