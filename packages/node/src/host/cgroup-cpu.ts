import type { CgroupFolders } from "./cgroup-cpu-folders.ts";
import {
  type CpuThrottling,
  parseCfsQuota,
  parseCpuMax,
  parseCpuStat,
} from "./cgroup-cpu-parse.ts";
import type { ReadText } from "./read-text.ts";

export type CgroupCpu = {
  /** Of the group that binds most, 1 = one core; undefined without a limit. */
  readonly limitCores: number | undefined;
  /** Of the same group, or the process's own where none has a limit. */
  readonly throttling: CpuThrottling | undefined;
};

/**
 * The CPU limit that holds for this process, and how often it was held back by it. A limit of a
 * group above (a systemd slice, a pod) holds as well: the tightest counts.
 */
export function readCgroupCpu({ version, folders }: CgroupFolders, readText: ReadText): CgroupCpu {
  let limitCores: number | undefined;
  let binding = folders[0];
  for (const folder of folders) {
    const cores = version === 2 ? readCpuMax(folder, readText) : readCfsQuota(folder, readText);
    if (cores === undefined || cores >= (limitCores ?? Number.POSITIVE_INFINITY)) continue;
    limitCores = cores;
    binding = folder;
  }
  const stat = readText(`${binding}/cpu.stat`);
  return { limitCores, throttling: stat === undefined ? undefined : parseCpuStat(stat) };
}

function readCpuMax(folder: string, readText: ReadText): number | undefined {
  const text = readText(`${folder}/cpu.max`);
  return text === undefined ? undefined : parseCpuMax(text);
}

function readCfsQuota(folder: string, readText: ReadText): number | undefined {
  const quota = readText(`${folder}/cpu.cfs_quota_us`);
  // Without a quota the period says nothing.
  if (quota === undefined || quota.startsWith("-")) return undefined;
  const period = readText(`${folder}/cpu.cfs_period_us`);
  return period === undefined ? undefined : parseCfsQuota(quota, period);
}
