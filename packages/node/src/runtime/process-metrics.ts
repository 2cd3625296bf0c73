import { readdirSync } from "node:fs";
import type { Meter } from "@opentelemetry/api";
import { ATTRIBUTE, METRIC } from "@sightline/core";

const DESCRIPTORS = "/proc/self/fd";

/** CPU time, resident memory, uptime and open file descriptors (Linux only) of this process. */
export function observeProcess(meter: Meter): void {
  meter
    .createObservableCounter(METRIC.processCpuTime, {
      description: "CPU seconds used by the process.",
      unit: "s",
    })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe(user / 1e6, { [ATTRIBUTE.cpuMode]: "user" });
      result.observe(system / 1e6, { [ATTRIBUTE.cpuMode]: "system" });
    });
  meter
    .createObservableUpDownCounter(METRIC.processMemoryUsage, {
      description: "Resident memory of the process.",
      unit: "By",
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge(METRIC.processUptime, {
      description: "Time since the process started.",
      unit: "s",
    })
    .addCallback((result) => result.observe(process.uptime()));
  meter
    .createObservableUpDownCounter(METRIC.processOpenFileDescriptors, {
      description: "File descriptors that are open.",
      unit: "{file_descriptor}",
    })
    .addCallback((result) => {
      const count = countDescriptors();
      if (count !== undefined) result.observe(count);
    });
}

function countDescriptors(): number | undefined {
  try {
    // Reading the folder opens one more, which is not the host's.
    return readdirSync(DESCRIPTORS).length - 1;
  } catch {
    return undefined;
  }
}
