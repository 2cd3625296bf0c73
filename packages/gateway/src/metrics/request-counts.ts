import { ATTRIBUTE, type GatewayApp, METRIC } from "@sightline/core";
import type { MetricResource, MetricStore } from "@sightline/wire/metrics";
import type { Outcome } from "../http/outcome.ts";

/** Counts each request once, by how it ended. */
export interface RequestCounts {
  /**
   * @param app whose key it had; undefined: nobody's, so that no text of a sender names a series.
   * @param seconds undefined where there was nothing to measure.
   */
  add(outcome: Outcome, app: GatewayApp | undefined, seconds: number | undefined): void;
  /** Since the start. */
  totals(): Readonly<Partial<Record<Outcome, number>>>;
}

export interface RequestCountsOptions {
  readonly store: MetricStore;
  /** Of an app's service, or of the gateway itself. */
  resourceOf(service: string | undefined): MetricResource;
}

export function createRequestCounts({ store, resourceOf }: RequestCountsOptions): RequestCounts {
  const totals: Partial<Record<Outcome, number>> = {};
  return {
    add(outcome, app, seconds) {
      totals[outcome] = (totals[outcome] ?? 0) + 1;
      const resource = resourceOf(app?.serviceName);
      store.add(resource, METRIC.gatewayRequests, { [ATTRIBUTE.outcome]: outcome }, 1);
      if (seconds !== undefined && app !== undefined) {
        store.observe(resource, METRIC.gatewayRequestDuration, {}, seconds);
      }
    },
    totals: () => ({ ...totals }),
  };
}
