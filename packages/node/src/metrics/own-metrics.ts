import { emptyResource } from "@opentelemetry/resources";
import type { MetricData, MetricProducer } from "@opentelemetry/sdk-metrics";
import { SCOPE_NAME, SDK_VERSION } from "../version.ts";

/** Gives its metrics as they are now; undefined when there is nothing to tell. */
export type MetricSource = { collect(nowMillis: number): MetricData | undefined };

/** Metrics that are counted here and not by OpenTelemetry's SDK; exported together with the others. */
export type OwnMetrics = {
  readonly producer: MetricProducer;
  add(source: MetricSource): void;
};

export function createOwnMetrics(nowMillis: () => number): OwnMetrics {
  const sources: MetricSource[] = [];
  const scope = { name: SCOPE_NAME, version: SDK_VERSION };
  return {
    add: (source) => sources.push(source),
    producer: {
      async collect() {
        const now = nowMillis();
        const metrics = sources.flatMap((source) => source.collect(now) ?? []);
        return {
          resourceMetrics: {
            resource: emptyResource(),
            scopeMetrics: metrics.length === 0 ? [] : [{ scope, metrics }],
          },
          errors: [],
        };
      },
    },
  };
}
