import { describe, expect, it } from "vitest";
import { createFakeClock, type FakeClock } from "../../../wire/test/fakes/fake-clock.ts";
import type { ContainerStats } from "../../src/docker/api-types.ts";
import { createSampler, type Sampler, type SamplerOptions } from "../../src/resources/sampler.ts";

const START = Date.parse("2026-11-20T08:00:00Z");
const INTERVAL = 15_000;
const MIB = 1_048_576;

interface Bench {
  readonly clock: FakeClock;
  readonly sampler: Sampler;
  /** Who was asked when, in seconds since the start. */
  readonly asked: [id: string, seconds: number][];
  readonly sampled: string[];
  readonly faults: [id: string, reason: string][];
  readonly pass: (seconds: number) => Promise<void>;
}

function statsAt(millis: number, cpuSeconds: number): ContainerStats {
  return {
    read: new Date(millis).toISOString(),
    cpu_stats: { cpu_usage: { total_usage: cpuSeconds * 1e9 } },
    memory_stats: { usage: 30 * MIB, limit: 64 * MIB, stats: { inactive_file: 10 * MIB } },
  };
}

function bench(given: Partial<SamplerOptions> = {}): Bench {
  const clock = createFakeClock(START);
  const asked: [string, number][] = [];
  const sampled: string[] = [];
  const faults: [string, string][] = [];
  const seconds = (): number => (clock.now() - START) / 1_000;
  const read =
    given.readStats ?? (async () => statsAt(clock.now(), (clock.now() - START) / 1_000 / 2));
  const sampler = createSampler({
    intervalMillis: INTERVAL,
    clock,
    onSample: (id) => sampled.push(id),
    onFault: (id, reason) => faults.push([id, reason]),
    ...given,
    readStats: (id, signal) => {
      asked.push([id, seconds()]);
      return read(id, signal);
    },
  });
  const pass = async (span: number): Promise<void> => {
    for (let step = 0; step < span * 20; step++) {
      clock.advance(50);
      // Answers are promises: they get their turn as they would between two timers.
      for (let n = 0; n < 10; n++) await Promise.resolve();
    }
  };
  return { clock, sampler, asked, sampled, faults, pass };
}

const never = (): Promise<undefined> => new Promise(() => {});

describe("the sampler", () => {
  it("asks each container once in every interval, spread evenly over it", async () => {
    const { sampler, asked, pass } = bench();
    for (const id of ["a", "b", "c"]) sampler.add(id, START);
    await pass(1);
    expect(asked.map(([id]) => id)).toEqual(["a", "b", "c"]);
    await pass(150);
    const later = asked.slice(3);
    expect(later.map(([id]) => id).join("")).toBe("abc".repeat(10));
    const gaps = later.map(([, at], n) => at - (asked[n + 2]?.[1] ?? 0));
    for (const gap of gaps) expect(gap).toBeCloseTo(5, 1);
  });

  it("asks a new one soon, though others come and go all the time", async () => {
    const { sampler, asked, pass } = bench();
    sampler.add("old", START);
    await pass(1);
    for (let n = 0; n < 50; n++) {
      sampler.add(`short ${n}`, START);
      await pass(0.1);
      sampler.remove(`short ${n}`);
    }
    sampler.add("new", START);
    await pass(0.5);
    expect(asked.at(-1)?.[0]).toBe("new");
    // Short-lived ones are asked at a bounded rate, and do not take the others' turns for ever.
    expect(asked.length).toBeLessThanOrEqual(25);
    await pass(15);
    expect(asked.slice(-3).map(([id]) => id)).toContain("old");
  });

  it("keeps the turns of those that run while others die all the time", async () => {
    const { sampler, asked, pass } = bench();
    sampler.add("old", START);
    for (let n = 0; n < 600; n++) {
      sampler.add("loop", START);
      await pass(0.1);
      sampler.remove("loop");
    }
    const turns = asked.filter(([id]) => id === "old").map(([, at]) => at);
    expect(turns.length).toBeGreaterThanOrEqual(5);
    expect(asked.length).toBeGreaterThan(100);
  });

  it("asks no more than four at once, gives up those that hang, and goes on with the others", async () => {
    let running = 0;
    let most = 0;
    const hanging = new Set(["a", "b", "c", "d"]);
    const { sampler, sampled, faults, pass } = bench({
      readStats: (id) => {
        if (!hanging.has(id)) return Promise.resolve(statsAt(START + 1, 1));
        running += 1;
        most = Math.max(most, running);
        return never();
      },
    });
    for (const id of ["a", "b", "c", "d", "e", "f"]) sampler.add(id, START);
    await pass(9);
    expect({ most, sampled }).toEqual({ most: 4, sampled: [] });
    await pass(6);
    expect([...faults].sort()).toEqual([...hanging].map((id) => [id, "no answer within 10000 ms"]));
    expect(new Set(sampled)).toEqual(new Set(["e", "f"]));
  });

  it("tells the reading that it was given up, or that its container ended", async () => {
    const signals: AbortSignal[] = [];
    const { sampler, faults, pass } = bench({
      readStats: (_, signal) => {
        signals.push(signal);
        return never();
      },
    });
    sampler.add("a", START);
    await pass(11);
    expect(signals[0]?.aborted).toBe(true);
    await pass(6);
    sampler.remove("a");
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    await pass(30);
    expect(signals).toHaveLength(2);
    expect(faults).toHaveLength(1);
  });

  it("takes one that vanished for no error, and a refusal for one", async () => {
    const { sampler, sampled, faults, pass } = bench({
      readStats: async (id) => {
        if (id === "gone") return undefined;
        throw new Error("500: not now");
      },
    });
    sampler.add("gone", START);
    sampler.add("bad", START);
    await pass(2);
    expect(sampled).toEqual([]);
    expect(faults).toEqual([["bad", "500: not now"]]);
  });

  it("does not take the answer of a run that is over for one of the next", async () => {
    const answers: ((stats: ContainerStats) => void)[] = [];
    const { sampler, sampled, pass, clock } = bench({
      readStats: () => new Promise((resolve) => answers.push(resolve)),
    });
    sampler.add("a", START);
    await pass(1);
    sampler.add("a", START + 1_000);
    answers[0]?.(statsAt(clock.now(), 100));
    await pass(1);
    expect(sampled).toEqual([]);
    answers[1]?.(statsAt(clock.now(), 0.5));
    await pass(1);
    expect(sampler.lastMinute("a", clock.now()).cpuCores).toBeCloseTo(0.5, 1);
  });

  it("knows the last minute of each: mean CPU, last working set and its limit", async () => {
    const { sampler, pass, clock } = bench();
    sampler.add("a", START - 3_600_000);
    expect(sampler.lastMinute("a", START)).toEqual({});
    await pass(600);
    const { cpuCores, memory } = sampler.lastMinute("a", clock.now());
    expect(cpuCores).toBeCloseTo(0.5, 6);
    expect(memory).toMatchObject({ bytes: 20 * MIB, limitBytes: 64 * MIB });
    expect(clock.now() - (memory?.atMillis ?? 0)).toBeLessThanOrEqual(INTERVAL);
    expect(sampler.lastMinute("a", clock.now() + 120_000)).toEqual({});
    expect(sampler.lastMinute("b", clock.now())).toEqual({});
  });

  it("stops", async () => {
    const { sampler, asked, pass, clock } = bench();
    sampler.add("a", START);
    await pass(1);
    sampler.stop();
    sampler.add("b", START);
    await pass(60);
    expect(asked).toHaveLength(1);
    expect(clock.pendingDelays()).toEqual([]);
  });
});
