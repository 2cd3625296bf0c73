import type { PromSnapshot } from "./snapshot.ts";

export type CappedSeries = {
  readonly snapshots: readonly PromSnapshot[];
  /** Series that found no room. */
  readonly dropped: number;
  /** The metric that lost most; undefined when nothing was dropped. */
  readonly culprit: string | undefined;
};

/**
 * Bounds the series of all metrics together. The metrics with the most lose first, so that one with
 * a label out of hand costs itself and not its neighbours; of each the oldest series stay.
 */
export function capSeries(snapshots: readonly PromSnapshot[], maxSeries: number): CappedSeries {
  const total = snapshots.reduce((sum, snapshot) => sum + sizeOf(snapshot), 0);
  if (total <= maxSeries) return { snapshots, dropped: 0, culprit: undefined };
  const bySize = [...snapshots].sort((left, right) => sizeOf(left) - sizeOf(right));
  const fitting: PromSnapshot[] = [];
  let room = maxSeries;
  for (const [index, snapshot] of bySize.entries()) {
    const share = Math.floor(room / (bySize.length - index));
    const samples = cutBetweenSeries(snapshot, share);
    room -= samples.length;
    fitting.push({ ...snapshot, samples });
  }
  return { snapshots: fitting, dropped: total - maxSeries + room, culprit: bySize.at(-1)?.name };
}

function sizeOf({ samples, omitted }: PromSnapshot): number {
  return samples.length + omitted;
}

/** A histogram or summary without its last parts would tell wrong numbers: it goes as a whole. */
function cutBetweenSeries(
  { type, name, samples }: PromSnapshot,
  max: number,
): PromSnapshot["samples"] {
  if (samples.length <= max || type === "counter" || type === "gauge") return samples.slice(0, max);
  const lastWhole = samples.findLastIndex(
    (sample, index) => index < max && sample.name === `${name}_count`,
  );
  return samples.slice(0, lastWhole + 1);
}
