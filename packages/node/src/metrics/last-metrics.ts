import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  DataPointType,
  type PushMetricExporter,
  type ScopeMetrics,
} from "@opentelemetry/sdk-metrics";
import { createMetricExporter, type Delivery } from "@sightline/wire";

/** Metrics that can be collected at once, as a process that exits has to. */
export type LastMetrics = {
  /** What changed since the last export; empty when nothing did. */
  takeUnsent(): ScopeMetrics[];
  /** All that was collected is with the delivery. */
  onExported(): void;
};

/** Tells of each export, so that the last moment of a process knows what is missing. */
export function noteExports(
  exporter: PushMetricExporter,
  last: LastMetrics | undefined,
): PushMetricExporter {
  if (last === undefined) return exporter;
  return {
    ...exporter,
    export(metrics, resultCallback) {
      exporter.export(metrics, resultCallback);
      last.onExported();
    },
  };
}

/**
 * Gives what changed since the last export to the delivery, at once. OpenTelemetry's SDK cannot: it
 * waits for callbacks of instruments over several turns of the event loop, which a process that
 * exits has none of. Never throws.
 */
export function handOverLastMetrics(
  last: LastMetrics,
  delivery: Delivery,
  resourceAttributes: Readonly<Record<string, string>>,
): void {
  try {
    const scopeMetrics = last.takeUnsent();
    if (scopeMetrics.length === 0) return;
    const resource = resourceFromAttributes({ ...resourceAttributes });
    createMetricExporter(delivery).export({ resource, scopeMetrics }, () => undefined);
  } catch {
    // Metrics of the last seconds; what else is to be saved is not to be held up by them.
  }
}

/** Grows with every measurement: two states with the same number are the same state. */
export function countMeasurements(scopeMetrics: readonly ScopeMetrics[]): number {
  let count = 0;
  for (const { metrics } of scopeMetrics) {
    for (const metric of metrics) {
      if (metric.dataPointType !== DataPointType.HISTOGRAM) continue;
      for (const { value } of metric.dataPoints) count += value.count;
    }
  }
  return count;
}
