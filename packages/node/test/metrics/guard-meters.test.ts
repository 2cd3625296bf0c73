import { MeterProvider, type MetricData, MetricReader } from "@opentelemetry/sdk-metrics";
import { expect, it } from "vitest";
import { createCardinalityGuard, type Overflow } from "../../src/metrics/cardinality-guard.ts";
import { guardMeters } from "../../src/metrics/guard-meters.ts";

class PullReader extends MetricReader {
  async onShutdown(): Promise<void> {}
  async onForceFlush(): Promise<void> {}
}

function createBed(maxValues = 3) {
  const overflows: Overflow[] = [];
  const guard = createCardinalityGuard({
    maxValues,
    maxValuesOf: { "http.route": 5 },
    onOverflow: (overflow) => overflows.push(overflow),
  });
  const reader = new PullReader();
  const provider = guardMeters(new MeterProvider({ readers: [reader] }), guard);
  return {
    guard,
    overflows,
    meter: provider.getMeter("test"),
    provider,
    async points(name: string) {
      const { resourceMetrics } = await reader.collect();
      const metrics: MetricData[] = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      return metrics.find((metric) => metric.descriptor.name === name)?.dataPoints ?? [];
    },
  };
}

it("counts values beyond the cap under _other and loses none", async () => {
  const { meter, points, guard, overflows } = createBed();
  const counter = meter.createCounter("orders");
  for (let index = 0; index < 10; index += 1) counter.add(2, { shop: `s${index}`, kind: "web" });

  const found = await points("orders");
  const byShop = Object.fromEntries(
    found.map(({ attributes, value }) => [attributes["shop"], value]),
  );
  expect(byShop).toEqual({ s0: 2, s1: 2, s2: 2, _other: 14 });
  expect(found.every(({ attributes }) => attributes["kind"] === "web")).toBe(true);
  expect(overflows).toEqual([
    { metric: "orders", attribute: "shop", max: 3, samples: ["s1", "s2", "s3"] },
  ]);
  expect(guard.counts()).toEqual([{ metric: "orders", attribute: "shop", count: 7 }]);
});

it("keeps sums of histograms and up-down counters whole", async () => {
  const { meter, points } = createBed();
  const histogram = meter.createHistogram("size");
  const balance = meter.createUpDownCounter("open");
  for (let index = 0; index < 8; index += 1) {
    histogram.record(index, { file: `f${index}` });
    balance.add(1, { file: `f${index}` });
    balance.add(-1, { file: `f${index}` });
  }
  const sizes = (await points("size")) as { value: { sum: number; count: number } }[];

  expect(sizes).toHaveLength(4);
  expect(sizes.reduce((sum, { value }) => sum + value.sum, 0)).toBe(28);
  expect(sizes.reduce((sum, { value }) => sum + value.count, 0)).toBe(8);
  expect((await points("open")).map(({ value }) => value)).toEqual([0, 0, 0, 0]);
});

it("adds up observations that fall together, export after export", async () => {
  const { meter, points } = createBed();
  let scale = 1;
  meter.createObservableCounter("bytes").addCallback((result) => {
    for (let index = 0; index < 6; index += 1) result.observe(10 * scale, { disk: `d${index}` });
  });
  const other = async () =>
    (await points("bytes")).find(({ attributes }) => attributes["disk"] === "_other")?.value;

  expect(await other()).toBe(30);
  scale = 2;
  expect(await other()).toBe(60);
});

it("keeps the last value of a gauge, and of one series observed twice", async () => {
  const { meter, points } = createBed(1);
  meter.createObservableGauge("level").addCallback((result) => {
    result.observe(1, { tank: "a" });
    result.observe(2, { tank: "b" });
    result.observe(3, { tank: "c" });
  });
  meter.createObservableCounter("twice").addCallback((result) => {
    result.observe(4, { tank: "a" });
    result.observe(5, { tank: "a" });
  });

  const level = await points("level");
  expect(level.map(({ attributes, value }) => [attributes["tank"], value])).toEqual([
    ["a", 1],
    ["_other", 3],
  ]);
  expect((await points("twice")).map(({ value }) => value)).toEqual([5]);
});

it("guards batch callbacks, and takes callbacks away again", async () => {
  const { meter, points } = createBed(1);
  const observable = meter.createObservableUpDownCounter("pool");
  const single = meter.createObservableGauge("single");
  const batch = (result: Parameters<Parameters<typeof meter.addBatchObservableCallback>[0]>[0]) => {
    for (const name of ["a", "b", "c"]) result.observe(observable, 1, { name });
  };
  const callback = (result: { observe(value: number): void }) => result.observe(1);
  meter.addBatchObservableCallback(batch, [observable]);
  single.addCallback(callback);
  expect((await points("pool")).map(({ value }) => value)).toEqual([1, 2]);
  expect(await points("single")).toHaveLength(1);

  meter.removeBatchObservableCallback(batch, [observable]);
  single.removeCallback(callback);
  const asked: string[] = [];
  single.addCallback(() => {
    asked.push("asked");
  });
  await points("pool");
  expect(asked).toEqual(["asked"]);
});

it("gives an attribute its own cap, and each metric its own values", async () => {
  const { meter, points } = createBed(1);
  const first = meter.createCounter("first");
  const second = meter.createCounter("second");
  for (const route of ["/a", "/b", "/c"]) first.add(1, { "http.route": route });
  second.add(1, { shop: "x" });
  first.add(1, { shop: "y" });

  const routes = (await points("first")).flatMap(
    ({ attributes }) => attributes["http.route"] ?? [],
  );
  expect(routes).toEqual(["/a", "/b", "/c"]);
  expect((await points("second"))[0]?.attributes).toEqual({ shop: "x" });
});

it("bounds combinations of values that each fit", async () => {
  const { meter, points, guard, overflows } = createBed(200);
  const counter = meter.createCounter("pairs");
  for (let x = 0; x < 60; x += 1) for (let y = 0; y < 60; y += 1) counter.add(1, { x: `${x}`, y });

  const found = await points("pairs");
  expect(found.length).toBeLessThanOrEqual(2_001);
  expect(found.reduce((sum, { value }) => sum + Number(value), 0)).toBe(3_600);
  expect(guard.counts()).toEqual([{ metric: "pairs", attribute: "_all", count: 1_600 }]);
  expect(overflows).toHaveLength(1);
});

it("takes attributes that nobody should give", async () => {
  const { meter, points } = createBed();
  const counter = meter.createCounter("odd");
  const bad = [
    null,
    { big: 10n, symbol: Symbol("s"), none: undefined, nothing: null },
    { list: ["a", "b"], map: { deep: 1 } },
    JSON.parse('{"__proto__": "polluted"}'),
    {
      get thrown(): string {
        throw new Error("no");
      },
    },
    { long: "x".repeat(100_000) },
  ];
  for (const attributes of bad) counter.add(1, attributes as never);

  const found = await points("odd");
  expect(found.reduce((sum, { value }) => sum + Number(value), 0)).toBe(bad.length);
  const long = found.find(({ attributes }) => attributes["long"] !== undefined)?.attributes["long"];
  expect(String(long)).toHaveLength(512);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

it("bounds names of attributes and of metrics", async () => {
  const { meter, points, overflows } = createBed(1);
  const counter = meter.createCounter("names");
  for (let index = 0; index < 500; index += 1) counter.add(1, { [`user-${index}`]: true });
  expect((await points("names")).length).toBeLessThanOrEqual(65);

  for (let index = 0; index < 2_100; index += 1) meter.createCounter(`made-${index}`).add(1);
  expect(await points("made-1")).toHaveLength(1);
  expect(await points("made-2050")).toHaveLength(0);
  expect(overflows.some(({ attribute }) => attribute === "name")).toBe(true);
});
