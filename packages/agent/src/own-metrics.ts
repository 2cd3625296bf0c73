import { ATTRIBUTE, METRIC } from "@sightline/core";
import type { MetricStore } from "@sightline/wire/metrics";
import type { Accounts } from "./accounts/accounts.ts";
import type { RunBook } from "./containers/run-book.ts";
import type { HostFacts } from "./docker/identity-of.ts";
import type { Shipper } from "./ship/shipper.ts";
import type { LagMeter } from "./sources/lag-meter.ts";
import { createServiceResources } from "./sources/service-resources.ts";
import { createTotalFloor } from "./total-floor.ts";

export interface OwnMetricsOptions {
  readonly store: MetricStore;
  readonly accounts: Accounts;
  readonly shipper: Shipper;
  readonly host: HostFacts;
  readonly lag: LagMeter;
  /** Keeps what was exported. */
  readonly book: Pick<RunBook, "keep" | "kept" | "save">;
}

export const AGENT_SERVICE_NAME = "sightline-agent";

const FLOOR = "totals";

/** @returns what is to run before each export: what became of the lines of each service. */
export function createOwnMetrics(options: OwnMetricsOptions): () => Promise<void> {
  const { store, accounts, shipper, host, lag, book } = options;
  const floor = createTotalFloor(book.kept(FLOOR));
  const resources = createServiceResources(host);

  return async () => {
    for (const service of accounts.services()) {
      const resource = resources.of(service);
      const totals = accounts.totals(service);
      const { readLines, sentLines, acknowledgedLines, droppedLines } = totals;
      const states = { read: readLines, sent: sentLines, acknowledged: acknowledgedLines };
      for (const [state, lines] of Object.entries(states)) {
        const total = floor.raise(`${state} ${service}`, lines);
        store.setTotal(resource, METRIC.agentLines, { [ATTRIBUTE.lineState]: state }, total);
      }
      const gaps = floor.raise(`gaps ${service}`, totals.unknownGaps);
      store.setTotal(resource, METRIC.agentGaps, {}, gaps);
      for (const [reason, lines] of Object.entries(droppedLines)) {
        const attributes = { [ATTRIBUTE.reason]: reason, [ATTRIBUTE.signal]: "logs" };
        const total = floor.raise(`${reason} ${service}`, lines);
        store.setTotal(resource, METRIC.droppedRecords, attributes, total);
      }
    }
    for (const [service, lagMillis] of lag.take()) {
      store.set(resources.of(service), METRIC.agentLag, {}, lagMillis / 1000);
    }
    const own = resources.of(AGENT_SERVICE_NAME);
    store.set(own, METRIC.agentJournalSize, {}, shipper.stats().journalBytes);
    book.keep(FLOOR, floor.save());
    await book.save();
  };
}
