import { ATTRIBUTE, METRIC, type Verdict } from "@sightline/core";
import type { MetricResource, MetricStore } from "@sightline/wire/metrics";

/** Verdicts that are series from the start; those of signals begin with the first such death. */
const CRASH_VERDICTS: readonly Verdict[] = [
  "uncaught",
  "rejection",
  "heap_limit",
  "killed",
  "oom_proven",
  "oom_probable",
  "unknown",
];

/** Zeros for a container that was found: an increase is seen only from a series that was there before. */
export function beginDeathCounters(store: MetricStore, resource: MetricResource): void {
  for (const name of [METRIC.containerRestarts, METRIC.containerOomKills] as const) {
    store.add(resource, name, {}, 0);
  }
  for (const verdict of CRASH_VERDICTS) {
    store.add(resource, METRIC.containerCrashes, { [ATTRIBUTE.verdict]: verdict }, 0);
  }
}

/** A start that is not the first of its container. */
export function countRestart(store: MetricStore, resource: MetricResource): void {
  store.add(resource, METRIC.containerRestarts, {}, 1);
}

/** For each `oom` event, whichever process it was: a child's makes no death of the container. */
export function countOomKill(store: MetricStore, resource: MetricResource): void {
  store.add(resource, METRIC.containerOomKills, {}, 1);
}

export interface CountedDeath {
  readonly verdict: Verdict;
  readonly planned: boolean;
  /** An `oom` event of this run was counted already. */
  readonly isOomCounted: boolean;
}

/** Deaths that nobody planned, by verdict. */
export function countDeath(
  store: MetricStore,
  resource: MetricResource,
  { verdict, planned, isOomCounted }: CountedDeath,
): void {
  if (verdict === "oom_proven" && !isOomCounted) countOomKill(store, resource);
  if (planned || verdict === "clean") return;
  store.add(resource, METRIC.containerCrashes, { [ATTRIBUTE.verdict]: verdict }, 1);
}
