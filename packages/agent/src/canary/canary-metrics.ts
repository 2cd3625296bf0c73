import {
  ATTRIBUTE,
  CANARY_LINE_STATES,
  type CanaryLineState,
  METRIC,
  RESOURCE,
} from "@sightline/core";
import type { MetricResource, MetricStore } from "@sightline/wire/metrics";

/** What the canary tells the collector, and how many of each so far. */
export interface CanaryMetrics {
  count(state: CanaryLineState, lines: number): void;
  observeDelay(millis: number): void;
  setLastFound(printedUnixMillis: number): void;
  countFailedQuery(): void;
}

export interface CanaryIdentity {
  readonly service: string;
  readonly hostName: string;
  readonly environment: string;
}

export function createCanaryMetrics(
  store: MetricStore,
  { service, hostName, environment }: CanaryIdentity,
): CanaryMetrics {
  const resource: MetricResource = {
    [RESOURCE.serviceName]: service,
    [RESOURCE.hostName]: hostName,
    [RESOURCE.deploymentEnvironmentName]: environment,
  };
  const count: CanaryMetrics["count"] = (state, lines) =>
    store.add(resource, METRIC.canaryLines, { [ATTRIBUTE.lineState]: state }, lines);
  // From 0 on: the first line that is missing must be seen as an increase.
  for (const state of CANARY_LINE_STATES) count(state, 0);
  store.add(resource, METRIC.canaryFailedQueries, {}, 0);

  return {
    count,
    observeDelay: (millis) => store.observe(resource, METRIC.canaryDelay, {}, millis / 1000),
    setLastFound: (printedUnixMillis) =>
      store.set(resource, METRIC.canaryLastFound, {}, printedUnixMillis / 1000),
    countFailedQuery: () => store.add(resource, METRIC.canaryFailedQueries, {}, 1),
  };
}
