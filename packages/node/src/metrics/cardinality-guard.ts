import { createMetricGuard, type MetricGuard } from "./metric-guard.ts";
import { createValueCap, type ValueCap } from "./value-cap.ts";

/** The first time that values of one attribute of one metric no longer fit. */
export type Overflow = {
  readonly metric: string;
  readonly attribute: string;
  readonly max: number;
  /** Up to three values, the one that did not fit last. As they came: not redacted. */
  readonly samples: readonly string[];
};

export type OverflowCount = {
  readonly metric: string;
  readonly attribute: string;
  readonly count: number;
};

export type CardinalityGuard = {
  /** Bounds the values of one attribute of one metric; the same cap for the same names. */
  cap(metric: string, attribute: string): ValueCap;
  /** Makes caps for values that are told apart within something else, such as paths within a host. */
  capsWithin(metric: string, attribute: string, max: number): () => ValueCap;
  /** Bounds all attributes of one metric; undefined for a metric too many. */
  metric(name: string): MetricGuard | undefined;
  /** Measurements that were counted under another value than their own, since the start. */
  counts(): readonly OverflowCount[];
};

export type CardinalityGuardOptions = {
  /** Distinct values of an attribute of a metric. */
  readonly maxValues: number;
  /** Attributes with a limit of their own. */
  readonly maxValuesOf: Readonly<Record<string, number>>;
  /** Called once per metric and attribute. Must not throw. */
  readonly onOverflow: (overflow: Overflow) => void;
};

/** Attribute under which a metric's combinations of values and its excess names are counted. */
export const ALL_ATTRIBUTES = "_all";
/** Names of metrics that one process may invent. */
const MAX_METRICS = 2_000;

/**
 * Bounds what metrics cost: each combination of attribute values is a series, kept in the memory of
 * this process and of Prometheus. What is beyond a limit is counted under `_other`, so that totals
 * stay right.
 */
export function createCardinalityGuard(options: CardinalityGuardOptions): CardinalityGuard {
  const caps = new Map<string, Map<string, ValueCap>>();
  const guards = new Map<string, MetricGuard>();
  const within: { metric: string; attribute: string; caps: ValueCap[] }[] = [];

  function cap(metric: string, attribute: string): ValueCap {
    const ofMetric = caps.get(metric) ?? new Map<string, ValueCap>();
    caps.set(metric, ofMetric);
    const known = ofMetric.get(attribute);
    if (known !== undefined) return known;
    const max = Object.hasOwn(options.maxValuesOf, attribute)
      ? (options.maxValuesOf[attribute] ?? options.maxValues)
      : options.maxValues;
    const made = createValueCap(max, (samples) =>
      options.onOverflow({ metric, attribute, max, samples }),
    );
    ofMetric.set(attribute, made);
    return made;
  }

  const surplus = createValueCap(MAX_METRICS, (samples) =>
    options.onOverflow({ metric: ALL_ATTRIBUTES, attribute: "name", max: MAX_METRICS, samples }),
  );

  return {
    cap,
    capsWithin(metric, attribute, max) {
      const made: ValueCap[] = [];
      let hasOverflowed = false;
      within.push({ metric, attribute, caps: made });
      return () => {
        const one = createValueCap(max, (samples) => {
          if (!hasOverflowed) options.onOverflow({ metric, attribute, max, samples });
          hasOverflowed = true;
        });
        made.push(one);
        return one;
      };
    },
    metric(name) {
      const known = guards.get(name);
      if (known !== undefined) return known;
      if (surplus.fit(name) !== name) return undefined;
      const made = createMetricGuard({
        capOf: (attribute) => cap(name, attribute),
        onOverflow: (max, sample) =>
          options.onOverflow({ metric: name, attribute: ALL_ATTRIBUTES, max, samples: [sample] }),
      });
      guards.set(name, made);
      return made;
    },
    counts() {
      const ofValues = [...caps].flatMap(([metric, ofMetric]) =>
        [...ofMetric].map(([attribute, { overflows }]) => ({
          metric,
          attribute,
          count: overflows(),
        })),
      );
      const ofSeries = [...guards].map(([metric, { overflows }]) => ({
        metric,
        attribute: ALL_ATTRIBUTES,
        count: overflows(),
      }));
      const ofWithin = within.map(({ metric, attribute, caps: made }) => ({
        metric,
        attribute,
        count: made.reduce((sum, { overflows }) => sum + overflows(), 0),
      }));
      const ofNames = { metric: ALL_ATTRIBUTES, attribute: "name", count: surplus.overflows() };
      return [...ofValues, ...ofWithin, ...ofSeries, ofNames].filter(({ count }) => count > 0);
    },
  };
}
