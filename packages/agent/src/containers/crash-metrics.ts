import { ATTRIBUTE, METRIC } from "@sightline/core";
import type { Judgement } from "../deaths/judge-death.ts";
import type { MetricStore } from "../metrics/metric-store.ts";
import type { Run } from "./run.ts";

/** Counts a start. The first one of a container is no restart. */
export function countStart(store: MetricStore, run: Run): void {
  const restarts = run.number > 1 ? 1 : 0;
  store.add(run.identity.metricResource, METRIC.containerRestarts, {}, restarts);
}

/** Counts a death. Zero is counted too, so that the first crash is an increase and not a beginning. */
export function countDeath(store: MetricStore, run: Run, { verdict, planned }: Judgement): void {
  const resource = run.identity.metricResource;
  const isCrash = !planned && verdict !== "clean";
  if (isCrash) store.add(resource, METRIC.containerCrashes, { [ATTRIBUTE.verdict]: verdict }, 1);
  const isOutOfMemory = verdict === "oom_proven";
  store.add(resource, METRIC.containerOomKills, {}, isOutOfMemory ? 1 : 0);
}
