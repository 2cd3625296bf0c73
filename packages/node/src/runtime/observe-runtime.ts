import type { Meter } from "@opentelemetry/api";
import { readText } from "../host/read-text.ts";
import { observeLimits } from "./cgroup-metrics.ts";
import { observeDescriptors } from "./descriptor-metrics.ts";
import { observeEventLoop } from "./event-loop-metrics.ts";
import { observeGarbageCollection } from "./gc-metrics.ts";
import { observeHeap } from "./heap-metrics.ts";
import { observeProcess } from "./process-metrics.ts";
import { observeMainThread } from "./thread-metrics.ts";

/**
 * Event loop, memory, CPU and limits of this process, for its main thread. Everything is read when
 * metrics are exported, but for the probe of the loop's delay and the observer of garbage
 * collections. Returns a function that stops those.
 *
 * Not for worker threads, which have a loop and a heap of their own: a pool that starts a worker per
 * job would make a new set of series with each. What they use is in CPU and memory of the process.
 */
export function observeRuntime(meter: Meter): () => void {
  observeProcess(meter);
  observeDescriptors(meter, readText);
  observeMainThread(meter, readText);
  observeLimits(meter, readText);
  observeHeap(meter);
  const stops = [observeEventLoop(meter), observeGarbageCollection(meter)];
  return () => {
    for (const stop of stops) stop();
  };
}
