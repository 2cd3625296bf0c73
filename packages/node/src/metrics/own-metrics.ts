import { emptyResource } from "@opentelemetry/resources";
import type { HistogramMetricData, MetricProducer, ScopeMetrics } from "@opentelemetry/sdk-metrics";
import { SCOPE_NAME, SDK_VERSION } from "../version.ts";
import { countMeasurements, type LastMetrics } from "./last-metrics.ts";

/** Gives its metrics as they are now; undefined when there is nothing to tell. */
export type MetricSource = { collect(nowMillis: number): HistogramMetricData | undefined };

/** Metrics that are counted here and not by OpenTelemetry's SDK; exported together with the others. */
export type OwnMetrics = LastMetrics & {
  readonly producer: MetricProducer;
  add(source: MetricSource): void;
};

export function createOwnMetrics(nowMillis: () => number): OwnMetrics {
  const sources: MetricSource[] = [];
  const scope = { name: SCOPE_NAME, version: SDK_VERSION };
  let collected = 0;
  let exported = 0;

  function collectNow(): ScopeMetrics[] {
    const now = nowMillis();
    const metrics = sources.flatMap((source) => source.collect(now) ?? []);
    const scopeMetrics = metrics.length === 0 ? [] : [{ scope, metrics }];
    collected = countMeasurements(scopeMetrics);
    return scopeMetrics;
  }

  return {
    add: (source) => sources.push(source),
    producer: {
      async collect() {
        const scopeMetrics = collectNow();
        return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] };
      },
    },
    takeUnsent() {
      const scopeMetrics = collectNow();
      if (collected === exported) return [];
      exported = collected;
      return scopeMetrics;
    },
    onExported() {
      exported = collected;
    },
  };
}
