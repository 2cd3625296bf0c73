import { ATTRIBUTE, METRIC } from "@sightline/core";
import { type Delivery, SIGNALS } from "@sightline/wire";
import type { MetricResource, MetricStore } from "@sightline/wire/metrics";

/** @returns what is to run before each export: what became of what the gateway sent on. */
export function createOwnMetrics(
  store: MetricStore,
  delivery: Pick<Delivery, "stats">,
  own: MetricResource,
): () => void {
  return () => {
    const { dropped, acknowledgedRecords, memory, spool } = delivery.stats();
    for (const { signal, reason, records } of dropped) {
      const attributes = { [ATTRIBUTE.reason]: reason, [ATTRIBUTE.signal]: signal };
      store.setTotal(own, METRIC.droppedRecords, attributes, records);
    }
    for (const signal of SIGNALS) {
      const attributes = { [ATTRIBUTE.signal]: signal };
      store.setTotal(own, METRIC.acknowledgedRecords, attributes, acknowledgedRecords[signal]);
    }
    store.set(own, METRIC.queuedBytes, {}, memory.bytes + (spool?.bytes ?? 0));
  };
}
