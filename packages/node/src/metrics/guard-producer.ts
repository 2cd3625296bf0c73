import {
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from "@opentelemetry/sdk-metrics";
import type { CardinalityGuard } from "./cardinality-guard.ts";
import type { MetricGuard } from "./metric-guard.ts";

/**
 * Puts the guard behind a producer, for metrics that are counted elsewhere, such as by prom-client.
 * Points that fall together are added up; of gauges the last one is kept, since theirs have no sum.
 */
export function guardProducer(producer: MetricProducer, guard: CardinalityGuard): MetricProducer {
  return {
    async collect(options) {
      const { resourceMetrics, errors } = await producer.collect(options);
      const scopeMetrics = resourceMetrics.scopeMetrics.map((scoped) => ({
        ...scoped,
        metrics: scoped.metrics.flatMap((metric) => foldMetric(metric, guard)),
      }));
      return { resourceMetrics: { ...resourceMetrics, scopeMetrics }, errors };
    },
  };
}

function foldMetric(metric: MetricData, guard: CardinalityGuard): MetricData[] {
  const guarded = guard.metric(metric.descriptor.name);
  if (guarded === undefined) return [];
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return [{ ...metric, dataPoints: foldPoints(metric.dataPoints, guarded, add) }];
    case DataPointType.GAUGE:
      return [{ ...metric, dataPoints: foldPoints(metric.dataPoints, guarded, last) }];
    case DataPointType.HISTOGRAM:
      return [{ ...metric, dataPoints: foldPoints(metric.dataPoints, guarded, addHistograms) }];
    default:
      // No producer here makes exponential histograms.
      return [metric];
  }
}

function foldPoints<T>(
  points: readonly DataPoint<T>[],
  guard: MetricGuard,
  merge: (left: T, right: T) => T,
): DataPoint<T>[] {
  const folded = new Map<object, DataPoint<T>>();
  for (const point of points) {
    const attributes = guard.fit(point.attributes);
    const before = folded.get(attributes);
    const value = before === undefined ? point.value : merge(before.value, point.value);
    folded.set(attributes, { ...point, attributes, value });
  }
  return [...folded.values()];
}

const add = (left: number, right: number): number => left + right;
const last = (_left: number, right: number): number => right;

/** Of one metric, and so with the same bounds. */
function addHistograms(left: Histogram, right: Histogram): Histogram {
  const counts = left.buckets.counts.map(
    (count, index) => count + (right.buckets.counts[index] ?? 0),
  );
  return {
    buckets: { boundaries: left.buckets.boundaries, counts },
    sum: (left.sum ?? 0) + (right.sum ?? 0),
    count: left.count + right.count,
  };
}
