import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import type { Meter } from "@opentelemetry/api";
import { ATTRIBUTE, METRIC } from "@sightline/core";

const TYPES: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
};
/** Seconds; those of the semantic convention. */
const BUCKETS_SECONDS = [0.01, 0.1, 1, 10];

/** Duration of garbage collections by type. Returns a function that stops it. */
export function observeGarbageCollection(meter: Meter): () => void {
  const duration = meter.createHistogram(METRIC.v8jsGcDuration, {
    description: "Garbage collection duration.",
    unit: "s",
    advice: { explicitBucketBoundaries: BUCKETS_SECONDS },
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      duration.record(entry.duration / 1000, { [ATTRIBUTE.v8jsGcType]: typeOf(entry) });
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  return () => observer.disconnect();
}

function typeOf(entry: PerformanceEntry): string {
  const kind = (entry as { detail?: { kind?: number } }).detail?.kind ?? 0;
  return TYPES[kind] ?? "unknown";
}
