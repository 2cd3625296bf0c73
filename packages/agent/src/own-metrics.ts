import { ATTRIBUTE, METRIC, RESOURCE } from "@sightline/core";
import type { Accounts } from "./accounts/accounts.ts";
import type { HostFacts } from "./docker/identity-of.ts";
import type { MetricResource, MetricStore } from "./metrics/metric-store.ts";
import type { Shipper } from "./ship/shipper.ts";
import type { LagMeter } from "./sources/lag-meter.ts";

export interface OwnMetricsOptions {
  readonly store: MetricStore;
  readonly accounts: Accounts;
  readonly shipper: Shipper;
  readonly host: HostFacts;
  readonly lag: LagMeter;
}

export const AGENT_SERVICE_NAME = "sightline-agent";

/** @returns what is to run before each export: what became of the lines of each service. */
export function createOwnMetrics(options: OwnMetricsOptions): () => void {
  const { store, accounts, shipper, host, lag } = options;
  const resources = new Map<string, MetricResource>();

  function resourceOf(service: string): MetricResource {
    let resource = resources.get(service);
    if (resource === undefined) {
      resource = {
        [RESOURCE.serviceName]: service,
        [RESOURCE.deploymentEnvironmentName]: host.environment,
        [RESOURCE.hostName]: host.hostName,
      };
      resources.set(service, resource);
    }
    return resource;
  }

  return () => {
    for (const service of accounts.services()) {
      const resource = resourceOf(service);
      const { readLines, sentLines, acknowledgedLines, droppedLines } = accounts.totals(service);
      const states = { read: readLines, sent: sentLines, acknowledged: acknowledgedLines };
      for (const [state, lines] of Object.entries(states)) {
        store.setTotal(resource, METRIC.agentLines, { [ATTRIBUTE.lineState]: state }, lines);
      }
      for (const [reason, lines] of Object.entries(droppedLines)) {
        const attributes = { [ATTRIBUTE.reason]: reason, [ATTRIBUTE.signal]: "logs" };
        store.setTotal(resource, METRIC.droppedRecords, attributes, lines);
      }
    }
    for (const [service, lagMillis] of lag.take()) {
      store.set(resourceOf(service), METRIC.agentLag, {}, lagMillis / 1000);
    }
    const own = resourceOf(AGENT_SERVICE_NAME);
    store.set(own, METRIC.agentJournalSize, {}, shipper.stats().journalBytes);
  };
}
