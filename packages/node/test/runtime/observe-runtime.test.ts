import { closeSync, openSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { MeterProvider, type MetricData, MetricReader } from "@opentelemetry/sdk-metrics";
import { afterEach, describe, expect, it } from "vitest";
import { observeRuntime } from "../../src/runtime/observe-runtime.ts";

class PullReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

type Watch = { read(): Promise<Map<string, MetricData>>; stop(): void };

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function watch(): Watch {
  const reader = new PullReader();
  const stop = observeRuntime(new MeterProvider({ readers: [reader] }).getMeter("runtime"));
  stops.push(stop);
  return {
    async read() {
      const { resourceMetrics, errors } = await reader.collect();
      expect(errors).toEqual([]);
      const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      return new Map(metrics.map((metric) => [metric.descriptor.name, metric]));
    },
    stop,
  };
}

function numberOf(metrics: Map<string, MetricData>, name: string, attribute?: string): number {
  const points = metrics.get(name)?.dataPoints ?? [];
  const point = points.find(
    ({ attributes }) => attribute === undefined || Object.values(attributes).includes(attribute),
  );
  return typeof point?.value === "number" ? point.value : Number.NaN;
}

function burn(millis: number): void {
  const until = performance.now() + millis;
  while (performance.now() < until);
}

describe("observeRuntime", () => {
  it("counts the time of the event loop exactly, also for an observer that began later", async () => {
    const startedAt = performance.now();
    const first = await watch().read();
    burn(100);
    // A second provider, as after shutdown() and start().
    const second = await watch().read();
    const elapsed = (performance.now() - startedAt) / 1000;
    const gained = (state: string) =>
      numberOf(second, "nodejs.eventloop.time", state) -
      numberOf(first, "nodejs.eventloop.time", state);
    expect(gained("active")).toBeGreaterThanOrEqual(0.1);
    expect(gained("idle")).toBeGreaterThanOrEqual(0);
    // Between the two looks no more passed than around them: nothing is counted twice.
    expect(gained("active") + gained("idle")).toBeLessThanOrEqual(elapsed);
    expect(second.get("nodejs.eventloop.time")).toMatchObject({ isMonotonic: true });
  });

  it("tells of turns, main thread, cores, memory, descriptors and resources", async () => {
    const { read } = watch();
    const before = await read();
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    const file = openSync("/proc/self/status", "r");
    const timer = setTimeout(() => undefined, 60_000);
    burn(20);
    const after = await read();
    closeSync(file);
    clearTimeout(timer);
    const gained = (name: string) => numberOf(after, name) - numberOf(before, name);

    expect(gained("app.eventloop.iterations")).toBeGreaterThanOrEqual(1);
    expect(gained("app.thread.cpu.time")).toBeGreaterThan(0);
    expect(gained("app.thread.runqueue.wait")).toBeGreaterThanOrEqual(0);
    expect(gained("process.unix.file_descriptor.count")).toBeGreaterThanOrEqual(1);
    expect(numberOf(after, "process.unix.file_descriptor.limit")).toBeGreaterThan(
      numberOf(after, "process.unix.file_descriptor.count"),
    );
    expect(numberOf(after, "app.capacity.cores")).toBeGreaterThan(0);
    expect(numberOf(after, "v8js.resource.active", "Timeout")).toBeGreaterThanOrEqual(1);
    expect(numberOf(after, "process.memory.usage")).toBeGreaterThan(
      numberOf(after, "v8js.memory.heap.used", "old_space"),
    );
    expect(numberOf(after, "v8js.memory.heap.space.size", "old_space")).toBeGreaterThanOrEqual(
      numberOf(after, "v8js.memory.heap.used", "old_space"),
    );
  });

  it("sees memory outside the heap", async () => {
    const { read } = watch();
    const before = await read();
    const buffer = Buffer.alloc(32 * 1024 * 1024, 1);
    const after = await read();
    for (const name of ["v8js.memory.external", "v8js.memory.array_buffers"]) {
      expect(numberOf(after, name) - numberOf(before, name)).toBeGreaterThanOrEqual(buffer.length);
    }
  });

  it("says 0 of a kind of resource that is gone", async () => {
    const { read } = watch();
    const immediate = setImmediate(() => undefined);
    expect(numberOf(await read(), "v8js.resource.active", "Immediate")).toBeGreaterThanOrEqual(1);
    clearImmediate(immediate);
    const after = await read();
    expect(numberOf(after, "v8js.resource.active", "Immediate")).not.toBeNaN();
  });
});
