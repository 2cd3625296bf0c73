export {
  type CollectableMetricStore,
  createMetricStore,
  type MetricStoreOptions,
  type MetricStoreStats,
} from "./create-metric-store.ts";
export { exportMetrics } from "./export-metrics.ts";
export { INSTRUMENTS, type InstrumentName, type NameOf } from "./instruments.ts";
export type { MetricResource, MetricStore } from "./metric-store.ts";
export { createStoreExporter, type StoreExporter } from "./store-exporter.ts";
