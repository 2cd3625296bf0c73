/** What the kernel says of a group's CPU limit. */
export type CpuThrottling = {
  /** Stretches (100 ms by default) in which the limit was looked at. */
  readonly periods: number;
  /** Those of them that ended with the group held back. */
  readonly throttledPeriods: number;
  readonly throttledSeconds: number;
};

/** Cores of `cpu.max` of version 2, such as `50000 100000` (0.5); undefined for `max`. */
export function parseCpuMax(text: string): number | undefined {
  const [quota = "", period = "100000"] = text.trim().split(/\s+/);
  return coresOf(quota, period);
}

/** Cores of `cpu.cfs_quota_us` and `cpu.cfs_period_us` of version 1; undefined for `-1`. */
export function parseCfsQuota(quotaText: string, periodText: string): number | undefined {
  return coresOf(quotaText.trim(), periodText.trim());
}

function coresOf(quota: string, period: string): number | undefined {
  if (!/^\d{1,15}$/.test(quota) || !/^\d{1,15}$/.test(period)) return undefined;
  const cores = Number(quota) / Number(period);
  return Number.isFinite(cores) && cores > 0 ? cores : undefined;
}

/**
 * `cpu.stat` of either version: nanoseconds in 1 (`throttled_time`), microseconds in 2
 * (`throttled_usec`). Undefined where it tells nothing of a limit, as in the root of version 2.
 */
export function parseCpuStat(text: string): CpuThrottling | undefined {
  const values = parseFlatKeyed(text);
  const periods = values.get("nr_periods");
  const throttledPeriods = values.get("nr_throttled");
  const nanos = values.get("throttled_time");
  const micros = values.get("throttled_usec");
  if (periods === undefined || throttledPeriods === undefined) return undefined;
  if (nanos === undefined && micros === undefined) return undefined;
  const throttledSeconds = nanos !== undefined ? nanos / 1e9 : (micros ?? 0) / 1e6;
  return { periods, throttledPeriods, throttledSeconds };
}

function parseFlatKeyed(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^([a-z_.]{1,64}) (\d{1,20})$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], Number(match[2]));
  }
  return values;
}

/** More processors than any kernel takes (NR_CPUS); a range beyond is no list of processors. */
const MAX_CPU = 65_536;

/**
 * Processors of a list as `cpuset.cpus`, `Cpus_allowed_list` and `online` have it: `0-3,8,10-11`.
 * Undefined when it is none, or empty.
 */
export function parseCpuList(text: string): ReadonlySet<number> | undefined {
  const cpus = new Set<number>();
  for (const part of text.trim().split(",")) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last > MAX_CPU) return undefined;
    for (let cpu = first; cpu <= last; cpu += 1) cpus.add(cpu);
  }
  return cpus;
}

/** `Cpus_allowed_list` of `/proc/self/status`: affinity and cpuset together. */
export function parseAllowedCpus(status: string): ReadonlySet<number> | undefined {
  const list = /^Cpus_allowed_list:\s{0,8}(\S{1,4096})$/m.exec(status)?.[1];
  return list === undefined ? undefined : parseCpuList(list);
}
