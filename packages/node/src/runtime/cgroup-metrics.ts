import { availableParallelism } from "node:os";
import type { Meter } from "@opentelemetry/api";
import { METRIC } from "@sightline/core";
import { type CgroupCpu, readCgroupCpu } from "../host/cgroup-cpu.ts";
import { type CgroupFolders, locateCgroup } from "../host/cgroup-cpu-folders.ts";
import { findMemoryGroup, type MemoryGroup } from "../host/memory-group.ts";
import type { ReadText } from "../host/read-text.ts";
import { countCores } from "./cores.ts";

/**
 * The limits that hold for this process, and how near it is to them. Where its groups are is found
 * once; the limits are read at each export, since `docker update` changes them.
 */
export function observeLimits(meter: Meter, readText: ReadText): void {
  const membership = readText("/proc/self/cgroup") ?? "";
  const mounts = readText("/proc/self/mountinfo") ?? "";
  observeCpu(meter, readText, locateCgroup(membership, mounts, "cpu"));
  const memory = findMemoryGroup(readText);
  if (memory !== undefined) observeMemory(meter, memory);
}

const NO_CGROUP: CgroupCpu = { limitCores: undefined, throttling: undefined };

function observeCpu(meter: Meter, readText: ReadText, folders: CgroupFolders | undefined): void {
  const cores = meter.createObservableGauge(METRIC.appCapacityCores, {
    description: "Cores the process may use: the smallest of CPU limit, cpuset and affinity.",
    unit: "{cpu}",
  });
  const limit = meter.createObservableGauge(METRIC.appCgroupCpuLimit, {
    description: "CPU limit of the control group, in cores.",
    unit: "{cpu}",
  });
  const periods = meter.createObservableCounter(METRIC.appCgroupCpuPeriods, {
    description: "Periods in which the CPU limit was enforced.",
    unit: "{period}",
  });
  const throttled = meter.createObservableCounter(METRIC.appCgroupCpuThrottledPeriods, {
    description: "Periods in which the group used its limit up and was held back.",
    unit: "{period}",
  });
  const time = meter.createObservableCounter(METRIC.appCgroupCpuThrottledTime, {
    description: "Time the threads of the group were held back by the CPU limit.",
    unit: "s",
  });
  meter.addBatchObservableCallback(
    (result) => {
      const cpu = folders === undefined ? NO_CGROUP : readCgroupCpu(folders, readText);
      result.observe(cores, countCores(cpu.limitCores, availableParallelism(), readText));
      if (cpu.limitCores !== undefined) result.observe(limit, cpu.limitCores);
      if (cpu.throttling === undefined) return;
      result.observe(periods, cpu.throttling.periods);
      result.observe(throttled, cpu.throttling.throttledPeriods);
      result.observe(time, cpu.throttling.throttledSeconds);
    },
    [cores, limit, periods, throttled, time],
  );
}

function observeMemory(meter: Meter, group: MemoryGroup): void {
  const workingSet = meter.createObservableUpDownCounter(METRIC.appCgroupMemoryWorkingSet, {
    description: "Memory of the control group that the kernel cannot simply take back.",
    unit: "By",
  });
  const limit = meter.createObservableUpDownCounter(METRIC.appCgroupMemoryLimit, {
    description: "Memory at which the kernel kills in the control group.",
    unit: "By",
  });
  meter.addBatchObservableCallback(
    (result) => {
      const { limitBytes, workingSetBytes } = group.read();
      if (limitBytes !== undefined) result.observe(limit, limitBytes);
      if (workingSetBytes !== undefined) result.observe(workingSet, workingSetBytes);
    },
    [workingSet, limit],
  );
}
