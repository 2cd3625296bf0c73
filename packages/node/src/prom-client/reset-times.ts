import type { PromSnapshot } from "./snapshot.ts";

export type ResetTimes = {
  /** Since when the numbers of this metric count, Unix milliseconds. */
  startOf(snapshot: PromSnapshot, nowMillis: number): number;
};

type Known = { startMillis: number; seenMillis: number; total: number };

/** Names are bounded by the series that are sent; this bounds those of a registry cleared often. */
const MAX_METRICS = 10_000;

/**
 * Notices that a metric began anew (`registry.clear()`, `registry.resetMetrics()`, `metric.reset()`,
 * `metric.remove()`): its total fell. It then counts since the last time it was looked at.
 */
export function createResetTimes(startMillis: number): ResetTimes {
  const known = new Map<string, Known>();
  return {
    startOf({ name, type, samples }, nowMillis) {
      if (type === "gauge") return startMillis;
      const total = samples.reduce((sum, sample) => sum + countOf(sample, name, type), 0);
      const one = known.get(name) ?? { startMillis, seenMillis: startMillis, total: 0 };
      if (total < one.total) one.startMillis = one.seenMillis;
      one.seenMillis = nowMillis;
      one.total = total;
      if (known.size < MAX_METRICS) known.set(name, one);
      return one.startMillis;
    },
  };
}

/** Of histograms and summaries the number of observations: a sum may fall by negative values. */
function countOf(
  sample: PromSnapshot["samples"][number],
  name: string,
  type: PromSnapshot["type"],
): number {
  return type === "counter" || sample.name === `${name}_count` ? sample.value : 0;
}
