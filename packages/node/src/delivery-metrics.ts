import type { Meter } from "@opentelemetry/api";
import { ATTRIBUTE, METRIC } from "@sightline/core";
import { type Delivery, SIGNALS } from "@sightline/wire";

/**
 * What became of our own signals: acknowledged, lost (with the reason) and waiting.
 *
 * @param readBufferedBytes bytes of lines that are not serialized yet.
 */
export function observeDelivery(
  meter: Meter,
  delivery: Delivery,
  readBufferedBytes: () => number,
): void {
  meter
    .createObservableCounter(METRIC.droppedRecords, {
      description: "Records that could not be delivered, by reason.",
      unit: "{record}",
    })
    .addCallback((result) => {
      for (const { signal, reason, records } of delivery.stats().dropped) {
        result.observe(records, { [ATTRIBUTE.signal]: signal, [ATTRIBUTE.reason]: reason });
      }
    });
  meter
    .createObservableCounter(METRIC.acknowledgedRecords, {
      description: "Records the receiver acknowledged.",
      unit: "{record}",
    })
    .addCallback((result) => {
      const { acknowledgedRecords } = delivery.stats();
      for (const signal of SIGNALS) {
        result.observe(acknowledgedRecords[signal], { [ATTRIBUTE.signal]: signal });
      }
    });
  meter
    .createObservableUpDownCounter(METRIC.queuedBytes, {
      description: "Bytes waiting to be sent, in memory and in the spool.",
      unit: "By",
    })
    .addCallback((result) => {
      const { memory, spool } = delivery.stats();
      result.observe(memory.bytes + (spool?.bytes ?? 0) + readBufferedBytes());
    });
}
