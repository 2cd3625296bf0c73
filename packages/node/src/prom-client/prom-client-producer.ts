import type { HrTime } from "@opentelemetry/api";
import { millisToHrTime } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { MetricProducer } from "@opentelemetry/sdk-metrics";
import { capSeries } from "./cap-series.ts";
import { isOwnName, translateName } from "./prometheus-names.ts";
import { createRegistryReader, type RegistryFault } from "./read-registry.ts";
import type { PromRegistry } from "./registry.ts";
import { createResetTimes } from "./reset-times.ts";
import type { PromSnapshot } from "./snapshot.ts";
import { toMetricData } from "./to-metric-data.ts";

export type PromClientProducerOptions = {
  readonly registries: () => Iterable<PromRegistry>;
  /** Told once per metric, in one sentence. */
  readonly warn: (message: string) => void;
  /** Told at each collection that left series out. */
  readonly onDropped: (series: number) => void;
  readonly nowMillis: () => number;
  /** Default 10,000. */
  readonly maxSeries?: number | undefined;
  /** For all `collect` functions together. Default 1,000. */
  readonly timeoutMillis?: number | undefined;
};

const MAX_SERIES = 10_000;
const TIMEOUT_MILLIS = 1_000;
/** Sentences are for people; more than these say nothing new. */
const MAX_WARNINGS = 100;

const FAULTS: Readonly<Record<RegistryFault, string>> = {
  failed: "its collect function failed; it is left out while it does",
  late: "its collect function takes too long; it is left out until it is done",
  doubled: "another registry has a metric of this name; only the first one found is sent",
};

/**
 * Hands the metrics of the host's prom-client registries to the exporter, under their own names.
 * Never rejects: the metrics of OpenTelemetry go in the same export.
 */
export function createPromClientProducer(options: PromClientProducerOptions): MetricProducer {
  const { registries, nowMillis, onDropped } = options;
  const warnings = createWarnings(options.warn);
  const resetTimes = createResetTimes(nowMillis());
  const { maxSeries = MAX_SERIES } = options;
  const reader = createRegistryReader({
    // One more than fits, so that a histogram that is cut here is cut between its series later.
    maxSamples: maxSeries + 1,
    onFault: (metric, fault) => warnings.about(metric, FAULTS[fault]),
  });

  async function readAll(timeoutMillis: number): Promise<readonly PromSnapshot[]> {
    const found = await reader.read(registries(), timeoutMillis);
    const { snapshots, dropped, culprit } = capSeries(
      found.filter((snapshot) => isFree(snapshot, warnings)),
      maxSeries,
    );
    if (culprit !== undefined) {
      onDropped(dropped);
      warnings.about(
        culprit,
        `it has the most series, and all together are more than ${maxSeries}: ` +
          "the newest of them are not sent; look for a label whose values never repeat",
      );
    }
    return snapshots;
  }

  return {
    async collect({ timeoutMillis = TIMEOUT_MILLIS } = {}) {
      const limit = Math.min(timeoutMillis, options.timeoutMillis ?? TIMEOUT_MILLIS);
      const snapshots = await readAll(limit);
      const endMillis = nowMillis();
      const endTime: HrTime = millisToHrTime(endMillis);
      const metrics = snapshots.flatMap((snapshot) => {
        const startTime = millisToHrTime(resetTimes.startOf(snapshot, endMillis));
        return toMetricData(snapshot, { startTime, endTime });
      });
      const scopeMetrics = metrics.length > 0 ? [{ scope: { name: "prom-client" }, metrics }] : [];
      return {
        resourceMetrics: { resource: resourceFromAttributes({}), scopeMetrics },
        errors: [],
      };
    },
  };
}

/** Whether nothing else has the name; and says where the name cannot stay as it is. */
function isFree({ name }: PromSnapshot, warnings: Warnings): boolean {
  if (isOwnName(name)) {
    warnings.about(name, "Sightline measures it under the same name already; its own is sent");
    return false;
  }
  const arrives = translateName(name, false);
  if (arrives !== name) {
    warnings.about(name, `Prometheus takes it over OTLP as "${arrives}"`);
  }
  return true;
}

type Warnings = { about(metric: string, what: string): void };

function createWarnings(warn: (message: string) => void): Warnings {
  const said = new Set<string>();
  return {
    about(metric, what) {
      const key = `${metric}\u0000${what}`;
      if (said.has(key) || said.size >= MAX_WARNINGS) return;
      said.add(key);
      warn(`prom-client metric "${metric.slice(0, 256)}": ${what}`);
    },
  };
}
