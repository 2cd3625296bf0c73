import { parseAllowedCpus, parseCpuList } from "../host/cgroup-cpu-parse.ts";
import type { ReadText } from "../host/read-text.ts";

const STATUS = "/proc/self/status";
const ONLINE = "/sys/devices/system/cpu/online";

/**
 * Cores that the process may use at once, 0.01 to thousands: the smallest of its CPU limit and the
 * processors that cpuset and affinity leave it.
 *
 * Not `os.availableParallelism()` alone: newer Node versions count the limit in, rounded down, so
 * that 2.5 cores look like 2. It serves where Linux' files are missing.
 *
 * @param limitCores the limit of the control group, if there is one.
 * @param parallelism `os.availableParallelism()`.
 */
export function countCores(
  limitCores: number | undefined,
  parallelism: number,
  readText: ReadText,
): number {
  const processors = countProcessors(readText) ?? parallelism;
  return Math.min(limitCores ?? Number.POSITIVE_INFINITY, processors);
}

function countProcessors(readText: ReadText): number | undefined {
  const status = readText(STATUS);
  const allowed = status === undefined ? undefined : parseAllowedCpus(status);
  if (allowed === undefined) return undefined;
  const onlineList = readText(ONLINE);
  const online = onlineList === undefined ? undefined : parseCpuList(onlineList);
  // Virtual machines are allowed processors that are not plugged in: "0-127" on a machine with two.
  const usable = [...allowed].filter((cpu) => online === undefined || online.has(cpu));
  return usable.length > 0 ? usable.length : undefined;
}
