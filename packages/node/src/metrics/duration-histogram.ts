import { type Attributes, type HrTime, ValueType } from "@opentelemetry/api";
import { millisToHrTime } from "@opentelemetry/core";
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
} from "@opentelemetry/sdk-metrics";

/** One combination of attribute values; kept by who records, so that nothing is looked up. */
export type DurationSeries = { record(seconds: number): void };

export type DurationHistogram = {
  /** A new series. The caller asks once for each combination, and keeps the answer. */
  series(attributes: Attributes): DurationSeries;
  /** A copy of the state; undefined while there is no series. */
  collect(nowMillis: number): HistogramMetricData | undefined;
};

export type DurationHistogramOptions = {
  readonly name: string;
  readonly description: string;
  /** Upper bounds in seconds, ascending. */
  readonly bounds: readonly number[];
  /** Unix milliseconds. */
  readonly nowMillis: () => number;
};

type State = {
  readonly attributes: Attributes;
  readonly startTime: HrTime;
  readonly counts: number[];
  sum: number;
  count: number;
};

/**
 * A histogram in seconds whose `record` is an addition. The SDK's own sorts and writes all attributes
 * as JSON for each measurement, which is most of what measuring a request costs.
 */
export function createDurationHistogram(options: DurationHistogramOptions): DurationHistogram {
  const { bounds } = options;
  const states: State[] = [];

  function toPoint(state: State, endTime: HrTime) {
    return {
      startTime: state.startTime,
      endTime,
      attributes: state.attributes,
      value: {
        buckets: { boundaries: [...bounds], counts: [...state.counts] },
        sum: state.sum,
        count: state.count,
      },
    };
  }

  return {
    series(attributes) {
      const state: State = {
        attributes,
        startTime: millisToHrTime(options.nowMillis()),
        counts: new Array<number>(bounds.length + 1).fill(0),
        sum: 0,
        count: 0,
      };
      states.push(state);
      return {
        record(seconds) {
          let bucket = 0;
          while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket += 1;
          state.counts[bucket] = (state.counts[bucket] as number) + 1;
          state.sum += seconds;
          state.count += 1;
        },
      };
    },
    collect(nowMillis) {
      if (states.length === 0) return undefined;
      const endTime = millisToHrTime(nowMillis);
      return {
        descriptor: {
          name: options.name,
          description: options.description,
          unit: "s",
          valueType: ValueType.DOUBLE,
        },
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: states.map((state) => toPoint(state, endTime)),
      };
    },
  };
}
