import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import type { Meter } from "@opentelemetry/api";
import { ATTRIBUTE, METRIC } from "@sightline/core";

/** Heap in use by space, and the limit at which V8 ends the process. */
export function observeHeap(meter: Meter): void {
  meter
    .createObservableUpDownCounter(METRIC.v8jsMemoryHeapUsed, {
      description: "Heap memory in use.",
      unit: "By",
    })
    .addCallback((result) => {
      for (const space of getHeapSpaceStatistics()) {
        result.observe(space.space_used_size, { [ATTRIBUTE.v8jsHeapSpaceName]: space.space_name });
      }
    });
  meter
    .createObservableUpDownCounter(METRIC.v8jsMemoryHeapLimit, {
      description: "Heap size at which V8 gives up.",
      unit: "By",
    })
    .addCallback((result) => result.observe(getHeapStatistics().heap_size_limit));
}
