import { ValueType } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { CollectedInstrument, CollectedResource } from "./create-metric-store.ts";
import { INSTRUMENTS, type Instrument } from "./instruments.ts";
import type { HistogramSeries, Series } from "./series.ts";

/** One resource with all it measured, as the serializer takes it. */
export function toResourceMetrics(
  { resource, instruments }: CollectedResource,
  scope: string,
  nowMillis: number,
): ResourceMetrics {
  return {
    resource: resourceFromAttributes({ ...resource }),
    scopeMetrics: [
      {
        scope: { name: scope },
        metrics: instruments.map((instrument) => toMetricData(instrument, nowMillis)),
      },
    ],
  };
}

function toMetricData({ name, series }: CollectedInstrument, nowMillis: number): MetricData {
  const { kind, unit, description, boundaries = [] }: Instrument = INSTRUMENTS[name];
  const base = {
    descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const toPoint = (one: Series) => pointTimes(one, nowMillis);
  switch (kind) {
    case "counter":
      return {
        ...base,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: ofKind(series, "counter").map((one) => ({ ...toPoint(one), value: one.value })),
      };
    case "gauge":
      return {
        ...base,
        dataPointType: DataPointType.GAUGE,
        dataPoints: ofKind(series, "gauge").map((one) => ({ ...toPoint(one), value: one.value })),
      };
    case "histogram":
      return {
        ...base,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: ofKind(series, "histogram").map((one) => ({
          ...toPoint(one),
          value: toHistogram(one, boundaries),
        })),
      };
  }
}

function ofKind<Kind extends Series["kind"]>(series: readonly Series[], kind: Kind) {
  return series.filter((one): one is Extract<Series, { kind: Kind }> => one.kind === kind);
}

function pointTimes(series: Series, nowMillis: number): Omit<DataPoint<number>, "value"> {
  const startMillis = series.kind === "gauge" ? 0 : series.startMillis;
  return {
    attributes: { ...series.attributes },
    startTime: toHrTime(startMillis),
    // A point that ends where it starts tells Prometheus nothing of its start.
    endTime: toHrTime(Math.max(nowMillis, startMillis + 1)),
  };
}

function toHrTime(unixMillis: number): [number, number] {
  const seconds = Math.floor(unixMillis / 1000);
  return [seconds, Math.round((unixMillis - seconds * 1000) * 1e6)];
}

/**
 * Where no observation ever had a value there is a count and nothing else: no sum and no bounds, so
 * that nobody sees a duration of 0.
 */
function toHistogram(
  { count, sum, bucketCounts }: HistogramSeries,
  boundaries: readonly number[],
): Histogram {
  if (bucketCounts === undefined) return { count, buckets: { boundaries: [], counts: [] } };
  return { count, sum, buckets: { boundaries: [...boundaries], counts: [...bucketCounts] } };
}
