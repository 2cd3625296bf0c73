import type { MetricData, ResourceMetrics, ScopeMetrics } from "@opentelemetry/sdk-metrics";

/** One data point with what it belongs to: the smallest part of an export that can go alone. */
export interface MetricPoint {
  readonly source: ResourceMetrics;
  readonly scope: ScopeMetrics;
  readonly metric: MetricData;
  readonly point: MetricData["dataPoints"][number];
}

export function toMetricPoints(source: ResourceMetrics): MetricPoint[] {
  return source.scopeMetrics.flatMap((scope) =>
    scope.metrics.flatMap((metric) =>
      metric.dataPoints.map((point) => ({ source, scope, metric, point })),
    ),
  );
}

/** The inverse, for points of one export in their order. Undefined for no points. */
export function toResourceMetrics(points: readonly MetricPoint[]): ResourceMetrics | undefined {
  const source = points[0]?.source;
  if (!source) return undefined;
  const byScope = groupBy(points, (point) => point.scope);
  const scopeMetrics = [...byScope].map(([scope, inScope]) => ({
    ...scope,
    metrics: [...groupBy(inScope, (point) => point.metric)].map(
      ([metric, inMetric]) =>
        // The points of one metric are of its kind; the union of kinds cannot say so.
        ({ ...metric, dataPoints: inMetric.map(({ point }) => point) }) as MetricData,
    ),
  }));
  return { resource: source.resource, scopeMetrics };
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
