import { describe, expect, it } from "vitest";
import { readCgroupCpu } from "../../src/host/cgroup-cpu.ts";

const STAT = (throttled: number): string =>
  `nr_periods 10\nnr_throttled ${throttled}\nthrottled_usec 1000000\n`;

function filesOf(files: Readonly<Record<string, string>>): (path: string) => string | undefined {
  return (path) => files[path];
}

describe("readCgroupCpu", () => {
  it("takes the tightest limit of the group and those above it, and tells of that one", () => {
    const cpu = readCgroupCpu(
      { version: 2, folders: ["/g/slice/shop", "/g/slice", "/g"] },
      filesOf({
        "/g/slice/shop/cpu.max": "200000 100000",
        "/g/slice/shop/cpu.stat": STAT(1),
        "/g/slice/cpu.max": "50000 100000",
        "/g/slice/cpu.stat": STAT(7),
      }),
    );
    expect(cpu).toEqual({
      limitCores: 0.5,
      throttling: { periods: 10, throttledPeriods: 7, throttledSeconds: 1 },
    });
  });

  it("has no limit where version 2 says max and version 1 says -1", () => {
    const two = filesOf({ "/g/cpu.max": "max 100000", "/g/cpu.stat": STAT(0) });
    expect(readCgroupCpu({ version: 2, folders: ["/g"] }, two)).toMatchObject({
      limitCores: undefined,
      throttling: { throttledPeriods: 0 },
    });
    const one = filesOf({ "/g/cpu.cfs_quota_us": "-1\n", "/g/cpu.cfs_period_us": "100000\n" });
    expect(readCgroupCpu({ version: 1, folders: ["/g"] }, one)).toEqual({
      limitCores: undefined,
      throttling: undefined,
    });
  });

  it("reads the quota of version 1", () => {
    const files = filesOf({
      "/g/cpu.cfs_quota_us": "150000\n",
      "/g/cpu.cfs_period_us": "100000\n",
    });
    expect(readCgroupCpu({ version: 1, folders: ["/g"] }, files).limitCores).toBe(1.5);
  });

  it("knows nothing where no file can be read", () => {
    expect(readCgroupCpu({ version: 2, folders: ["/g"] }, () => undefined)).toEqual({
      limitCores: undefined,
      throttling: undefined,
    });
  });
});
