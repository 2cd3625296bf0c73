import { ATTRIBUTE, type Attributes, METRIC } from "@sightline/core";
import type { MetricResource, MetricStore, NameOf } from "@sightline/wire/metrics";
import type { ContainerInspect } from "../docker/api-types.ts";
import type { ContainerSample } from "./container-sample.ts";

interface Reading<Kind extends "counter" | "gauge"> {
  readonly name: NameOf<Kind>;
  readonly attributes: Attributes;
  readonly read: (sample: ContainerSample) => number | undefined;
}

const NONE: Attributes = {};
const mode = (name: string): Attributes => ({ [ATTRIBUTE.cpuMode]: name });
const network = (name: string): Attributes => ({ [ATTRIBUTE.networkIoDirection]: name });
const disk = (name: string): Attributes => ({ [ATTRIBUTE.diskIoDirection]: name });

/** What Docker counts since the start of the run. */
const TOTALS: readonly Reading<"counter">[] = [
  { name: METRIC.containerCpuTime, attributes: mode("user"), read: (s) => s.cpuModes?.user },
  { name: METRIC.containerCpuTime, attributes: mode("system"), read: (s) => s.cpuModes?.system },
  // Only where the modes are unknown: the sum over all series must stay the sum of the time.
  {
    name: METRIC.containerCpuTime,
    attributes: NONE,
    read: (s) => (s.cpuModes === undefined ? s.cpuTotalSeconds : undefined),
  },
  {
    name: METRIC.containerCpuThrottledTime,
    attributes: NONE,
    read: (s) => s.throttledSeconds,
  },
  {
    name: METRIC.containerNetworkIo,
    attributes: network("receive"),
    read: (s) => s.network?.receivedBytes,
  },
  {
    name: METRIC.containerNetworkIo,
    attributes: network("transmit"),
    read: (s) => s.network?.sentBytes,
  },
  { name: METRIC.containerDiskIo, attributes: disk("read"), read: (s) => s.disk?.readBytes },
  { name: METRIC.containerDiskIo, attributes: disk("write"), read: (s) => s.disk?.writtenBytes },
];

const GAUGES: readonly Reading<"gauge">[] = [
  { name: METRIC.containerMemoryUsage, attributes: NONE, read: (s) => s.memoryBytes },
  { name: METRIC.containerMemoryWorkingSet, attributes: NONE, read: (s) => s.workingSetBytes },
  { name: METRIC.containerMemoryLimit, attributes: NONE, read: (s) => s.memoryLimitBytes },
  { name: METRIC.containerPids, attributes: NONE, read: (s) => s.pids },
];

/**
 * Everything that one reading tells, the uptime too. What it does not tell is no series.
 *
 * @param startedAtMillis start of the run, Unix milliseconds by Docker's clock: since then it counts.
 */
export function recordSample(
  store: MetricStore,
  resource: MetricResource,
  sample: ContainerSample,
  startedAtMillis: number,
): void {
  for (const { name, attributes, read } of TOTALS) {
    const total = read(sample);
    if (total !== undefined) store.setTotal(resource, name, attributes, total, startedAtMillis);
  }
  for (const { name, attributes, read } of GAUGES) {
    const value = read(sample);
    if (value !== undefined) store.set(resource, name, attributes, value);
  }
  const uptimeSeconds = Math.max(0, sample.atMillis - startedAtMillis) / 1_000;
  store.set(resource, METRIC.containerUptime, NONE, uptimeSeconds);
}

/** Docker's default for `--cpu-quota` without `--cpu-period`. */
const DEFAULT_CPU_PERIOD = 100_000;

/** What it may use; a limit that is not set is no series. */
export function recordLimits(
  store: MetricStore,
  resource: MetricResource,
  { NanoCpus = 0, CpuQuota = 0, CpuPeriod = 0, PidsLimit }: ContainerInspect["HostConfig"],
): void {
  const cores = NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota / (CpuPeriod || DEFAULT_CPU_PERIOD);
  if (cores > 0) store.set(resource, METRIC.containerCpuLimit, NONE, cores);
  // 0 and -1 both mean none.
  if (PidsLimit && PidsLimit > 0) store.set(resource, METRIC.containerPidsLimit, NONE, PidsLimit);
}
