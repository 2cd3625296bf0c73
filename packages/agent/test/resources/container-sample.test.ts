import { describe, expect, it } from "vitest";
import type { ContainerStats } from "../../src/docker/api-types.ts";
import { toContainerSample } from "../../src/resources/container-sample.ts";

const HOST_MEMORY = 25_276_510_208;

/**
 * What Docker 20.10 on cgroup v1 said of a busy loop with --cpus=0.5 --memory=64m after 20 MiB of
 * files; its network and disk, of which it used none, are filled in.
 */
const V1: ContainerStats = {
  read: "2026-11-23T09:11:19.842406074Z",
  cpu_stats: {
    cpu_usage: {
      total_usage: 3_675_593_049,
      usage_in_kernelmode: 20_000_000,
      usage_in_usermode: 3_650_000_000,
    },
    system_cpu_usage: 25_890_720_000_000,
    online_cpus: 2,
    throttling_data: { periods: 74, throttled_periods: 72, throttled_time: 3_427_068_458 },
  },
  memory_stats: {
    usage: 21_045_248,
    limit: 67_108_864,
    stats: { active_file: 12_345_344, inactive_file: 1_000, total_inactive_file: 7_577_600 },
  },
  pids_stats: { current: 1, limit: 50 },
  networks: {
    eth0: { rx_bytes: 5_338, tx_bytes: 648 },
    eth1: { rx_bytes: 641, tx_bytes: 2 },
  },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: "Read", value: 4_096 },
      { op: "Write", value: 100 },
      { op: "Sync", value: 4_196 },
      { op: "Async", value: 0 },
      { op: "Total", value: 4_196 },
      { op: "Read", value: 4 },
    ],
  },
};

/** The same in the words of cgroup v2. */
const V2: ContainerStats = {
  ...V1,
  memory_stats: {
    usage: 21_045_248,
    limit: 67_108_864,
    stats: { anon: 61_440, file: 20_971_520, inactive_file: 7_577_600, active_file: 12_345_344 },
  },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: "read", value: 4_096 },
      { op: "write", value: 100 },
      { op: "read", value: 4 },
    ],
  },
};

describe("Docker's statistics", () => {
  it.each([
    { version: "v1", stats: V1 },
    { version: "v2", stats: V2 },
  ])("of cgroup $version become a sample", ({ stats }) => {
    expect(toContainerSample(stats, HOST_MEMORY)).toEqual({
      atMillis: Date.parse("2026-11-23T09:11:19.842Z"),
      cpuTotalSeconds: 3.675593049,
      cpuModes: { user: 3.65, system: 0.02 },
      throttledSeconds: 3.427068458,
      memoryBytes: 21_045_248,
      workingSetBytes: 13_467_648,
      memoryLimitBytes: 67_108_864,
      network: { receivedBytes: 5_979, sentBytes: 650 },
      disk: { readBytes: 4_100, writtenBytes: 100 },
      pids: 1,
    });
  });

  it.each([
    { what: "the host's memory", limit: HOST_MEMORY, host: HOST_MEMORY, found: undefined },
    { what: "more than the host has", limit: HOST_MEMORY * 2, host: HOST_MEMORY, found: undefined },
    {
      what: "cgroup v1's word for none",
      limit: Number("9223372036854771712"),
      host: undefined,
      found: undefined,
    },
    { what: "0", limit: 0, host: undefined, found: undefined },
    { what: "nothing", limit: undefined, host: undefined, found: undefined },
    {
      what: "one byte less than the host has",
      limit: HOST_MEMORY - 1,
      host: HOST_MEMORY,
      found: HOST_MEMORY - 1,
    },
    { what: "a size, the host's unknown", limit: HOST_MEMORY, host: undefined, found: HOST_MEMORY },
  ])("with a limit of $what have the limit $found", ({ limit, host, found }) => {
    const memory_stats = { usage: 1, ...(limit !== undefined && { limit }) };
    expect(toContainerSample({ ...V1, memory_stats }, host)?.memoryLimitBytes).toBe(found);
  });

  it("never give a working set below nothing: the two numbers are read one after the other", () => {
    const memory_stats = { usage: 100, stats: { inactive_file: 150 } };
    expect(toContainerSample({ ...V2, memory_stats })?.workingSetBytes).toBe(0);
    expect(toContainerSample({ ...V2, memory_stats: { usage: 100 } })?.workingSetBytes).toBe(100);
  });

  it("leave out what they do not tell", () => {
    const sparse: ContainerStats = {
      read: V1.read,
      cpu_stats: { cpu_usage: { total_usage: 5e8, usage_in_kernelmode: 0, usage_in_usermode: 0 } },
      memory_stats: {},
      blkio_stats: { io_service_bytes_recursive: [] },
    };
    expect(toContainerSample(sparse)).toEqual({
      atMillis: expect.any(Number),
      cpuTotalSeconds: 0.5,
    });
    const none = { ...sparse, blkio_stats: { io_service_bytes_recursive: null } };
    expect(toContainerSample(none)?.disk).toBeUndefined();
  });

  it("are no sample where the container had ended: Docker then answers with zeros", () => {
    const ended = {
      read: "0001-01-01T00:00:00Z",
      cpu_stats: { cpu_usage: { total_usage: 0 } },
      memory_stats: {},
    };
    expect(toContainerSample(ended)).toBeUndefined();
    expect(toContainerSample({ ...ended, read: V1.read })).toBeUndefined();
    expect(toContainerSample({ message: "x" } as unknown as ContainerStats)).toBeUndefined();
  });
});
