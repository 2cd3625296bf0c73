import { ATTRIBUTE, type DropReason, FARO, isDropReason, METRIC } from "@sightline/core";
import type { Signal } from "@sightline/wire";
import type { MetricResource, MetricStore } from "@sightline/wire/metrics";
import type { FaroItem } from "../faro/faro-payload.ts";
import type { ReadableError } from "../records/readable-error.ts";
import type { WebVital } from "../records/vital-line.ts";

/** Figures of what pages sent. No name and no value of a page is in them, save those of closed lists. */
export interface BeaconMetrics {
  dropped(service: string, signal: Signal, reason: DropReason, records: number): void;
  vital(service: string, vital: WebVital): void;
  frames(service: string, error: ReadableError): void;
  /** What a page says that it lost before it could be sent. */
  lost(service: string, item: FaroItem): void;
}

const MILLIS_PER_SECOND = 1_000;
/** A page that lost more than this makes it up. */
const MAX_LOST = 100_000;

export function createBeaconMetrics(
  store: MetricStore,
  resourceOf: (service: string) => MetricResource,
): BeaconMetrics {
  function dropped(service: string, signal: Signal, reason: DropReason, records: number): void {
    if (records < 1) return;
    const attributes = { [ATTRIBUTE.reason]: reason, [ATTRIBUTE.signal]: signal };
    store.add(resourceOf(service), METRIC.droppedRecords, attributes, records);
  }

  return {
    dropped,
    vital(service, { name, value, rating }) {
      const resource = resourceOf(service);
      const rated = { [ATTRIBUTE.browserWebVitalRating]: rating };
      if (name === "CLS") {
        store.observe(resource, METRIC.browserLayoutShift, rated, value);
        return;
      }
      const attributes = { [ATTRIBUTE.browserWebVitalName]: name, ...rated };
      const seconds = value / MILLIS_PER_SECOND;
      store.observe(resource, METRIC.browserWebVitalDuration, attributes, seconds);
    },
    frames(service, { outcomes }) {
      for (const [outcome, count] of outcomes) {
        const attributes = { [ATTRIBUTE.outcome]: outcome };
        store.add(resourceOf(service), METRIC.gatewayStackFrames, attributes, count);
      }
    },
    lost(service, item) {
      if (!isLost(item)) return;
      for (const [reason, count] of item.values) {
        if (isDropReason(reason)) dropped(service, "logs", reason, Math.min(count, MAX_LOST));
      }
    },
  };
}

export function isLost(item: FaroItem): item is FaroItem & { kind: "measurement" } {
  return item.kind === "measurement" && item.type === FARO.lostMeasurement;
}
