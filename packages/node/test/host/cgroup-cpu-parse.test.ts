import { describe, expect, it } from "vitest";
import {
  parseAllowedCpus,
  parseCfsQuota,
  parseCpuList,
  parseCpuMax,
  parseCpuStat,
} from "../../src/host/cgroup-cpu-parse.ts";

describe("a CPU limit", () => {
  it.each([
    ["50000 100000\n", 0.5],
    ["250000 100000\n", 2.5],
    ["200000\n", 2],
    ["max 100000\n", undefined],
    ["max\n", undefined],
    ["", undefined],
    ["0 100000", undefined],
    ["100000 0", undefined],
    ["-1 100000", undefined],
    ["NaN NaN", undefined],
  ])("of version 2: %j is %s cores", (text, cores) => {
    expect(parseCpuMax(text)).toBe(cores);
  });

  it.each([
    ["150000\n", "100000\n", 1.5],
    ["5000\n", "10000\n", 0.5],
    ["-1\n", "100000\n", undefined],
    ["", "", undefined],
  ])("of version 1: %j in %j is %s cores", (quota, period, cores) => {
    expect(parseCfsQuota(quota, period)).toBe(cores);
  });
});

describe("cpu.stat", () => {
  it("is in nanoseconds in version 1", () => {
    const text = "nr_periods 1200\nnr_throttled 300\nthrottled_time 4500000000\n";
    expect(parseCpuStat(text)).toEqual({
      periods: 1200,
      throttledPeriods: 300,
      throttledSeconds: 4.5,
    });
  });

  it("is in microseconds in version 2", () => {
    const text = `usage_usec 123456
user_usec 100000
system_usec 23456
core_sched.force_idle_usec 0
nr_periods 12
nr_throttled 3
throttled_usec 2500000
nr_bursts 0
burst_usec 0
`;
    expect(parseCpuStat(text)).toEqual({ periods: 12, throttledPeriods: 3, throttledSeconds: 2.5 });
  });

  it.each([
    ["the root of version 2", "usage_usec 1\nuser_usec 1\nsystem_usec 0\n"],
    ["a version 1 kernel without throttling", "nr_periods 0\n"],
    ["nothing", ""],
    ["something else", "nr_periods many\nnr_throttled -1\nthrottled_usec 1e9\n"],
  ])("tells nothing of a limit: %s", (_, text) => {
    expect(parseCpuStat(text)).toBeUndefined();
  });
});

describe("a list of processors", () => {
  it.each([
    ["0-1\n", [0, 1]],
    ["0-3,8,10-11", [0, 1, 2, 3, 8, 10, 11]],
    ["5", [5]],
    ["0,0-1", [0, 1]],
  ])("%j", (text, cpus) => {
    expect([...(parseCpuList(text) ?? [])]).toEqual(cpus);
  });

  it.each(["", "\n", "a", "3-1", "0-", "-1", "0--1", "0-99999", "1,,2"])("%j is none", (text) => {
    expect(parseCpuList(text)).toBeUndefined();
  });

  it("is found in the status of a process", () => {
    const status = `Name:\tnode
Cpus_allowed:\tffffffff,ffffffff
Cpus_allowed_list:\t0-63
Mems_allowed_list:\t0
`;
    expect(parseAllowedCpus(status)?.size).toBe(64);
    expect(parseAllowedCpus("Name:\tCpus_allowed_list: 4\n")).toBeUndefined();
  });
});
