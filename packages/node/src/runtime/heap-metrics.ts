import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import type { Meter } from "@opentelemetry/api";
import { ATTRIBUTE, METRIC } from "@sightline/core";

/**
 * Heap by space, used and taken from the system, and the limit at which V8 ends the process. Without
 * `available_size` and `physical_size`, which follow from these two to within a page.
 */
export function observeHeap(meter: Meter): void {
  const used = meter.createObservableUpDownCounter(METRIC.v8jsMemoryHeapUsed, {
    description: "Heap memory in use.",
    unit: "By",
  });
  const size = meter.createObservableUpDownCounter(METRIC.v8jsMemoryHeapSpaceSize, {
    description: "Heap memory taken from the system for a space.",
    unit: "By",
  });
  meter.addBatchObservableCallback(
    (result) => {
      for (const space of getHeapSpaceStatistics()) {
        const attributes = { [ATTRIBUTE.v8jsHeapSpaceName]: space.space_name };
        result.observe(used, space.space_used_size, attributes);
        result.observe(size, space.space_size, attributes);
      }
    },
    [used, size],
  );
  meter
    .createObservableUpDownCounter(METRIC.v8jsMemoryHeapLimit, {
      description: "Heap size at which V8 gives up.",
      unit: "By",
    })
    .addCallback((result) => result.observe(getHeapStatistics().heap_size_limit));
}
