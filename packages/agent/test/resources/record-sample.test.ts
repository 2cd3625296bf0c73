import { createMetricStore } from "@sightline/wire/metrics";
import { describe, expect, it } from "vitest";
import type { ContainerSample } from "../../src/resources/container-sample.ts";
import {
  beginDeathCounters,
  countDeath,
  countOomKill,
  countRestart,
} from "../../src/resources/count-deaths.ts";
import { recordLimits, recordSample } from "../../src/resources/record-sample.ts";

const START = Date.parse("2026-11-20T08:00:00Z");
const resource = { "service.name": "web" };
const limits = { LogConfig: { Type: "json-file" } };

const sample: ContainerSample = {
  atMillis: START + 90_000,
  cpuTotalSeconds: 3.1,
  cpuModes: { user: 2, system: 1 },
  throttledSeconds: 0.25,
  memoryBytes: 300,
  workingSetBytes: 200,
  memoryLimitBytes: 500,
  network: { receivedBytes: 10, sentBytes: 20 },
  disk: { readBytes: 30, writtenBytes: 40 },
  pids: 7,
};

/** `name{attribute=value}` → value of everything in the store. */
function collect(store: ReturnType<typeof createMetricStore>): Record<string, number> {
  const values = store.collect().flatMap(({ instruments }) =>
    instruments.flatMap(({ name, series }) =>
      series.map((one) => {
        const labels = Object.entries(one.attributes).map(([key, value]) => `${key}=${value}`);
        return [`${name}{${labels}}`, "value" in one ? one.value : Number.NaN];
      }),
    ),
  );
  return Object.fromEntries(values);
}

describe("a sample of a container", () => {
  it("becomes the metrics that dashboards share", () => {
    const store = createMetricStore();
    recordSample(store, resource, sample, START);
    expect(collect(store)).toEqual({
      "container.cpu.time{cpu.mode=user}": 2,
      "container.cpu.time{cpu.mode=system}": 1,
      "container.cpu.throttled.time{}": 0.25,
      "container.memory.usage{}": 300,
      "container.memory.working_set{}": 200,
      "container.memory.limit{}": 500,
      "container.network.io{network.io.direction=receive}": 10,
      "container.network.io{network.io.direction=transmit}": 20,
      "container.disk.io{disk.io.direction=read}": 30,
      "container.disk.io{disk.io.direction=write}": 40,
      "container.pid.count{}": 7,
      "container.uptime{}": 90,
    });
  });

  it("leaves out what is not known, and counts the CPU without modes where there are none", () => {
    const store = createMetricStore();
    const unknown = { atMillis: sample.atMillis, cpuTotalSeconds: 3.1 } as ContainerSample;
    recordSample(store, resource, unknown, START);
    expect(collect(store)).toEqual({ "container.cpu.time{}": 3.1, "container.uptime{}": 90 });
  });

  it("starts anew with the next run", () => {
    const store = createMetricStore();
    recordSample(store, resource, sample, START);
    const next = { ...sample, atMillis: START + 101_000, cpuModes: { user: 0.5, system: 0.1 } };
    recordSample(store, resource, next, START + 100_000);
    expect(collect(store)).toMatchObject({
      "container.cpu.time{cpu.mode=user}": 0.5,
      "container.uptime{}": 1,
    });
  });
});

describe("the limits of a container", () => {
  it.each([
    { what: "--cpus", host: { NanoCpus: 1_500_000_000 }, cores: 1.5 },
    {
      what: "--cpu-quota and --cpu-period",
      host: { CpuQuota: 25_000, CpuPeriod: 50_000 },
      cores: 0.5,
    },
    { what: "--cpu-quota alone", host: { CpuQuota: 50_000, CpuPeriod: 0 }, cores: 0.5 },
    { what: "a quota of -1", host: { CpuQuota: -1 }, cores: undefined },
    { what: "nothing", host: {}, cores: undefined },
  ])("are read from $what", ({ host, cores }) => {
    const store = createMetricStore();
    recordLimits(store, resource, { ...limits, ...host });
    expect(collect(store)["container.cpu.limit{}"]).toBe(cores);
  });

  it.each([
    { PidsLimit: 100, found: 100 },
    { PidsLimit: 0, found: undefined },
    { PidsLimit: -1, found: undefined },
    { PidsLimit: null, found: undefined },
  ])("of processes: $PidsLimit", ({ PidsLimit, found }) => {
    const store = createMetricStore();
    recordLimits(store, resource, { ...limits, PidsLimit });
    expect(collect(store)["container.pid.limit{}"]).toBe(found);
  });
});

describe("the counters of deaths", () => {
  it("are there from the start, and count what nobody planned", () => {
    const store = createMetricStore();
    beginDeathCounters(store, resource);
    expect(collect(store)).toMatchObject({
      "sightline.container.crashes{verdict=uncaught}": 0,
      "sightline.container.restarts{}": 0,
      "sightline.container.oom_kills{}": 0,
    });
    countRestart(store, resource);
    const death = { planned: false, isOomCounted: false } as const;
    countDeath(store, resource, { ...death, verdict: "uncaught" });
    countDeath(store, resource, { ...death, verdict: "signal(11)" });
    countDeath(store, resource, { ...death, verdict: "clean" });
    countDeath(store, resource, { ...death, verdict: "killed", planned: true });
    expect(collect(store)).toMatchObject({
      "sightline.container.crashes{verdict=uncaught}": 1,
      "sightline.container.crashes{verdict=signal(11)}": 1,
      "sightline.container.crashes{verdict=killed}": 0,
      "sightline.container.restarts{}": 1,
    });
    expect(collect(store)).not.toHaveProperty("sightline.container.crashes{verdict=clean}");
  });

  it("count each OOM kill once, whether Docker told it by an event or only in the state", () => {
    const store = createMetricStore();
    const death = { verdict: "oom_proven", planned: false } as const;
    countOomKill(store, resource);
    countDeath(store, resource, { ...death, isOomCounted: true });
    expect(collect(store)["sightline.container.oom_kills{}"]).toBe(1);
    countDeath(store, resource, { ...death, isOomCounted: false });
    expect(collect(store)["sightline.container.oom_kills{}"]).toBe(2);
    expect(collect(store)["sightline.container.crashes{verdict=oom_proven}"]).toBe(2);
  });
});
