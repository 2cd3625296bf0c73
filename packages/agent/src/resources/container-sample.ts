import type { ContainerStats } from "../docker/api-types.ts";

/** What one container used at one moment. What Docker did not tell is undefined, never 0. */
export interface ContainerSample {
  /** Unix milliseconds by Docker's clock. */
  readonly atMillis: number;
  /** Since the start of the run; may differ a little from user and system together. */
  readonly cpuTotalSeconds: number;
  /** Undefined where the kernel does not tell the modes apart. */
  readonly cpuModes: { readonly user: number; readonly system: number } | undefined;
  readonly throttledSeconds: number | undefined;
  /** The page cache of its files included. */
  readonly memoryBytes: number | undefined;
  /** Without the file cache that the kernel can take back at once: what a limit really meets. */
  readonly workingSetBytes: number | undefined;
  /** Undefined: no limit. */
  readonly memoryLimitBytes: number | undefined;
  /** All its interfaces together; undefined on the host's network. */
  readonly network: { readonly receivedBytes: number; readonly sentBytes: number } | undefined;
  readonly disk: { readonly readBytes: number; readonly writtenBytes: number } | undefined;
  readonly pids: number | undefined;
}

const NANOS_PER_SECOND = 1e9;
/** cgroup v1 writes "no limit" as 2^63 rounded down to a page; no machine has an exbibyte. */
const UNLIMITED_BYTES = 2 ** 60;

/**
 * Reads Docker's answer; cgroup v1 and v2 spell it differently.
 *
 * @param hostMemoryBytes where it is known: Docker reports it as the limit of those without one.
 * @returns undefined where the container was not running any more.
 */
export function toContainerSample(
  stats: ContainerStats,
  hostMemoryBytes?: number,
): ContainerSample | undefined {
  const atMillis = Date.parse(stats.read);
  const cpuNanos = stats.cpu_stats?.cpu_usage?.total_usage ?? 0;
  const memoryBytes = stats.memory_stats?.usage;
  // Of a container that ended Docker sends the same document with nothing in it, from the year 1.
  if (!(atMillis > 0) || (cpuNanos === 0 && memoryBytes === undefined)) return undefined;
  return {
    atMillis,
    cpuTotalSeconds: cpuNanos / NANOS_PER_SECOND,
    cpuModes: readCpuModes(stats),
    throttledSeconds: readThrottled(stats),
    memoryBytes,
    workingSetBytes: memoryBytes === undefined ? undefined : readWorkingSet(stats, memoryBytes),
    memoryLimitBytes: readLimit(stats, hostMemoryBytes),
    network: readNetwork(stats),
    disk: readDisk(stats),
    pids: stats.pids_stats?.current,
  };
}

function readCpuModes(stats: ContainerStats): ContainerSample["cpuModes"] {
  const { usage_in_usermode: user, usage_in_kernelmode: system } = stats.cpu_stats.cpu_usage;
  if (user === undefined || system === undefined || user + system === 0) return undefined;
  return { user: user / NANOS_PER_SECOND, system: system / NANOS_PER_SECOND };
}

function readThrottled(stats: ContainerStats): number | undefined {
  const nanos = stats.cpu_stats.throttling_data?.throttled_time;
  return nanos === undefined ? undefined : nanos / NANOS_PER_SECOND;
}

function readWorkingSet(stats: ContainerStats, usage: number): number {
  // v1 has both names, and there `inactive_file` leaves out the cgroups below.
  const detail = stats.memory_stats.stats;
  const reclaimable = detail?.["total_inactive_file"] ?? detail?.["inactive_file"] ?? 0;
  return Math.max(0, usage - reclaimable);
}

function readLimit(stats: ContainerStats, hostMemoryBytes = UNLIMITED_BYTES): number | undefined {
  const limit = stats.memory_stats?.limit;
  const isLimit = limit !== undefined && limit > 0 && limit < UNLIMITED_BYTES;
  return isLimit && limit < hostMemoryBytes ? limit : undefined;
}

function readNetwork({ networks }: ContainerStats): ContainerSample["network"] {
  if (networks === undefined || networks === null) return undefined;
  let receivedBytes = 0;
  let sentBytes = 0;
  for (const { rx_bytes, tx_bytes } of Object.values(networks)) {
    receivedBytes += rx_bytes;
    sentBytes += tx_bytes;
  }
  return { receivedBytes, sentBytes };
}

function readDisk({ blkio_stats }: ContainerStats): ContainerSample["disk"] {
  const entries = blkio_stats?.io_service_bytes_recursive;
  // Empty where nothing was read or written yet, and on kernels that do not count at all.
  if (!entries || entries.length === 0) return undefined;
  // v1 writes "Read", v2 "read"; v1's "Sync", "Async" and "Total" count the same bytes again.
  const sum = (wanted: string): number =>
    entries.reduce((total, { op, value }) => total + (op.toLowerCase() === wanted ? value : 0), 0);
  return { readBytes: sum("read"), writtenBytes: sum("write") };
}
