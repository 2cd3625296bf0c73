import type { Meter } from "@opentelemetry/api";
import { METRIC } from "@sightline/core";
import type { ReadText } from "../host/read-text.ts";
import { parseSchedstat } from "./thread-times.ts";

/**
 * CPU of the main thread, where the event loop runs, and how long it waited for a core. A loop that
 * looks busy while its CPU does not is held back by neighbours or by a CPU limit. Linux only.
 */
export function observeMainThread(meter: Meter, readText: ReadText): void {
  const path = `/proc/self/task/${process.pid}/schedstat`;
  const read = () => {
    const text = readText(path);
    return text === undefined ? undefined : parseSchedstat(text);
  };
  if (read() === undefined) return;
  const cpu = meter.createObservableCounter(METRIC.appThreadCpuTime, {
    description: "CPU time of the main thread.",
    unit: "s",
  });
  const wait = meter.createObservableCounter(METRIC.appThreadRunqueueWait, {
    description: "Time the main thread was ready to run and waited for a core.",
    unit: "s",
  });
  meter.addBatchObservableCallback(
    (result) => {
      const times = read();
      if (times === undefined) return;
      result.observe(cpu, times.cpuSeconds);
      result.observe(wait, times.waitSeconds);
    },
    [cpu, wait],
  );
}
