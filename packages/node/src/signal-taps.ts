import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { LineRecord } from "@sightline/wire";

/** Sees what would leave the process, redacted; with these, nothing does. */
export type SignalTaps = {
  onRecord(record: LineRecord): void;
  onSpan(span: ReadableSpan): void;
  onMetrics(metrics: ResourceMetrics): void;
};
