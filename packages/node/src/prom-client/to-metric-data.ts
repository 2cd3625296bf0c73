import { type HrTime, ValueType } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
} from "@opentelemetry/sdk-metrics";
import { isCounterName } from "./prometheus-names.ts";
import type { PromSample, PromSnapshot } from "./snapshot.ts";

export type Times = { readonly startTime: HrTime; readonly endTime: HrTime };

/**
 * A metric of prom-client as those of OpenTelemetry that arrive in Prometheus under the same names:
 *
 * - a counter stays one if its name ends in `_total`; else Prometheus would append that, so it goes
 *   as a sum that may fall, which `rate()` reads the same way;
 * - a summary becomes a gauge per quantile, with `_sum` and `_count` as such sums, because the SDK
 *   knows no summaries;
 * - none has a unit: it would be appended to the name.
 */
export function toMetricData(snapshot: PromSnapshot, times: Times): MetricData[] {
  if (snapshot.type === "histogram") return [toHistogram(snapshot, times)];
  if (snapshot.type === "summary") return toSummary(snapshot, times);
  return [toNumbers(snapshot, times)];
}

function toNumbers({ name, help, type, samples }: PromSnapshot, times: Times): MetricData {
  const base = {
    descriptor: { name, description: help, unit: "", valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: samples.map(({ labels, value }) => toPoint(labels, value, times)),
  };
  if (type === "gauge") return { ...base, dataPointType: DataPointType.GAUGE };
  return { ...base, dataPointType: DataPointType.SUM, isMonotonic: isCounterName(name) };
}

function toSummary({ name, help, samples }: PromSnapshot, times: Times): MetricData[] {
  const named = (part: string): PromSample[] => samples.filter((sample) => sample.name === part);
  const parts = [
    { name, type: "gauge", samples: named(name) },
    { name: `${name}_sum`, type: "counter", samples: named(`${name}_sum`) },
    { name: `${name}_count`, type: "counter", samples: named(`${name}_count`) },
  ] as const;
  return parts.map((part) => toNumbers({ ...part, help, omitted: 0 }, times));
}

function toHistogram({ name, help, samples }: PromSnapshot, times: Times): MetricData {
  const series = new Map<string, HistogramSeries>();
  const [sumName, countName] = [`${name}_sum`, `${name}_count`];
  for (const sample of samples) {
    const { le } = sample.labels;
    const key = keyOf(sample.labels);
    let one = series.get(key);
    if (one === undefined) {
      one = { labels: withoutLe(sample.labels), buckets: new Map(), sum: 0, count: 0 };
      series.set(key, one);
    }
    if (sample.name === sumName) one.sum = sample.value;
    else if (sample.name === countName) one.count = sample.value;
    else if (le !== undefined) one.buckets.set(Number(le), sample.value);
  }
  return {
    descriptor: { name, description: help, unit: "", valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [...series.values()].map((one) =>
      toPoint(one.labels, toHistogramValue(one), times),
    ),
  };
}

/** Equal for the buckets of one series, which come with their labels in the same order. */
function keyOf(labels: PromSample["labels"]): string {
  let key = "";
  for (const name in labels) if (name !== "le") key += `${name}\u0000${labels[name]}\u0001`;
  return key;
}

function withoutLe({ le: _, ...labels }: PromSample["labels"]): PromSample["labels"] {
  return labels;
}

type HistogramSeries = {
  readonly labels: Readonly<Record<string, string>>;
  /** Upper bound and how many were up to it; "+Inf", which is the count, is no number here. */
  readonly buckets: Map<number, number>;
  sum: number;
  count: number;
};

function toHistogramValue({ buckets, sum, count }: HistogramSeries): Histogram {
  const sorted = [...buckets]
    .filter(([bound]) => Number.isFinite(bound))
    .sort(([left], [right]) => left - right);
  const counts: number[] = [];
  let before = 0;
  for (const [, upTo] of [...sorted, [Number.POSITIVE_INFINITY, count] as const]) {
    counts.push(Math.max(0, upTo - before));
    before = Math.max(before, upTo);
  }
  return { buckets: { boundaries: sorted.map(([bound]) => bound), counts }, sum, count };
}

function toPoint<T>(
  labels: Readonly<Record<string, string>>,
  value: T,
  { startTime, endTime }: Times,
): DataPoint<T> {
  return { startTime, endTime, attributes: labels, value };
}
