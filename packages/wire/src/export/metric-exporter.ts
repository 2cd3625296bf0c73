import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import {
  AggregationTemporality,
  type PushMetricExporter,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { Delivery } from "../delivery.ts";
import { createDeliveryExporter, type ExporterOptions } from "./delivery-exporter.ts";
import { type MetricPoint, toMetricPoints, toResourceMetrics } from "./metric-points.ts";

/** For the SDK's `PeriodicExportingMetricReader`. Cumulative, as Prometheus wants it. */
export function createMetricExporter(
  delivery: Delivery,
  options: ExporterOptions = {},
): PushMetricExporter {
  return {
    ...createDeliveryExporter<ResourceMetrics, MetricPoint>(
      {
        delivery,
        signal: "metrics",
        serialize(points) {
          const metrics = toResourceMetrics(points);
          return metrics && ProtobufMetricsSerializer.serializeRequest(metrics);
        },
        severityNumberOf: () => 0,
      },
      toMetricPoints,
      options,
    ),
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
  };
}
