import { DataPointType, type MetricData } from "@opentelemetry/sdk-metrics";
import { Counter, Gauge, Histogram, openMetricsContentType, Registry, Summary } from "prom-client";
import { describe, expect, it } from "vitest";
import {
  createPromClientProducer,
  type PromClientProducerOptions,
} from "../../src/prom-client/prom-client-producer.ts";
import type { PromRegistry } from "../../src/prom-client/registry.ts";

type Bed = {
  readonly registry: Registry;
  readonly warnings: string[];
  readonly dropped: number[];
  nowMillis: number;
  read(): Promise<Map<string, MetricData>>;
};

function makeBed(
  options: Partial<PromClientProducerOptions> = {},
  others: readonly unknown[] = [],
): Bed {
  const registry = new Registry();
  const bed: Bed = {
    registry,
    warnings: [],
    dropped: [],
    nowMillis: 1_000_000,
    async read() {
      const { resourceMetrics, errors } = await producer.collect();
      expect(errors).toEqual([]);
      const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      expect(new Set(metrics.map(({ descriptor }) => descriptor.name)).size).toBe(metrics.length);
      return new Map(metrics.map((metric) => [metric.descriptor.name, metric]));
    },
  };
  const producer = createPromClientProducer({
    registries: () => [registry, ...others] as unknown as PromRegistry[],
    warn: (message) => bed.warnings.push(message),
    onDropped: (series) => bed.dropped.push(series),
    nowMillis: () => bed.nowMillis,
    ...options,
  });
  return bed;
}

function pointsOf(metric: MetricData | undefined): [Record<string, unknown>, unknown][] {
  return (metric?.dataPoints ?? []).map(({ attributes, value }) => [attributes, value]);
}

describe("metrics of prom-client", () => {
  it("come as counters and gauges with their labels, help and no unit", async () => {
    const bed = makeBed();
    const registers = [bed.registry];
    const orders = new Counter({
      name: "orders_total",
      help: "Orders taken.",
      labelNames: ["kind"],
      registers,
    });
    orders.inc({ kind: "gift" }, 3);
    orders.inc({ kind: "plain" });
    new Gauge({ name: "queue_length", help: "Waiting.", registers }).set(-2.5);
    const found = await bed.read();

    const counter = found.get("orders_total");
    expect(counter).toMatchObject({
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      descriptor: { description: "Orders taken.", unit: "" },
    });
    expect(pointsOf(counter)).toEqual([
      [{ kind: "gift" }, 3],
      [{ kind: "plain" }, 1],
    ]);
    const gauge = found.get("queue_length");
    expect(gauge?.dataPointType).toBe(DataPointType.GAUGE);
    expect(pointsOf(gauge)).toEqual([[{}, -2.5]]);
    expect(bed.warnings).toEqual([]);
  });

  it("that count without `_total` in their name are sums, because Prometheus would append it", async () => {
    const bed = makeBed();
    new Counter({ name: "orders", help: "h", registers: [bed.registry] }).inc(2);
    expect((await bed.read()).get("orders")).toMatchObject({
      dataPointType: DataPointType.SUM,
      isMonotonic: false,
    });
  });

  it("keep the buckets, sum and count of a histogram, per label", async () => {
    const bed = makeBed();
    const latency = new Histogram({
      name: "latency_seconds",
      help: "h",
      labelNames: ["route"],
      buckets: [0.1, 0.5, 1],
      registers: [bed.registry],
    });
    for (const value of [0.05, 0.1, 0.3, 2]) latency.observe({ route: "/a" }, value);
    latency.observe({ route: "/b" }, 0.7);
    const histogram = (await bed.read()).get("latency_seconds");
    expect(histogram?.dataPointType).toBe(DataPointType.HISTOGRAM);
    expect(pointsOf(histogram)).toEqual([
      [
        { route: "/a" },
        { buckets: { boundaries: [0.1, 0.5, 1], counts: [2, 1, 0, 1] }, sum: 2.45, count: 4 },
      ],
      [
        { route: "/b" },
        { buckets: { boundaries: [0.1, 0.5, 1], counts: [0, 0, 1, 0] }, sum: 0.7, count: 1 },
      ],
    ]);
  });

  it("turn a summary into gauges per quantile, with sum and count", async () => {
    const bed = makeBed();
    const size = new Summary({
      name: "size_bytes",
      help: "h",
      percentiles: [0.5, 0.9],
      registers: [bed.registry],
    });
    for (const value of [10, 20, 30]) size.observe(value);
    const found = await bed.read();
    expect(found.get("size_bytes")?.dataPointType).toBe(DataPointType.GAUGE);
    expect(pointsOf(found.get("size_bytes"))).toEqual([
      [{ quantile: "0.5" }, 20],
      [{ quantile: "0.9" }, 30],
    ]);
    expect(pointsOf(found.get("size_bytes_sum"))).toEqual([[{}, 60]]);
    expect(pointsOf(found.get("size_bytes_count"))).toEqual([[{}, 3]]);
    expect(found.get("size_bytes_count")).toMatchObject({ isMonotonic: false });
  });

  it("carry default labels, which a label of their own beats", async () => {
    const bed = makeBed();
    bed.registry.setDefaultLabels({ team: "shop", kind: "any" });
    const orders = new Counter({
      name: "orders_total",
      help: "h",
      labelNames: ["kind"],
      registers: [bed.registry],
    });
    orders.inc({ kind: "gift" });
    expect(pointsOf((await bed.read()).get("orders_total"))).toEqual([
      [{ team: "shop", kind: "gift" }, 1],
    ]);
  });

  it("keep the names of OpenMetrics, which prom-client changes when it is scraped", async () => {
    const bed = makeBed();
    bed.registry.setContentType(openMetricsContentType as never);
    const registers = [bed.registry];
    new Counter({ name: "orders_total", help: "h", registers }).inc(2);
    new Counter({ name: "refunds", help: "h", registers }).inc(3);
    for (const _ of ["before a scrape", "after one"]) {
      const found = await bed.read();
      expect([...found.keys()]).toEqual(["orders_total", "refunds_total"]);
      const page = await bed.registry.metrics();
      for (const name of found.keys()) expect(page).toContain(`\n${name} `);
    }
  });

  it("begin anew after a reset, and end after clear", async () => {
    const bed = makeBed();
    const registers = [bed.registry];
    const orders = new Counter({ name: "orders_total", help: "h", registers });
    orders.inc(5);
    const startOf = async () => (await bed.read()).get("orders_total")?.dataPoints[0]?.startTime;
    expect(await startOf()).toEqual([1_000, 0]);
    bed.nowMillis = 1_015_000;
    expect(await startOf()).toEqual([1_000, 0]);
    bed.nowMillis = 1_030_000;
    bed.registry.resetMetrics();
    orders.inc(1);
    expect(await startOf()).toEqual([1_015, 0]);
    bed.registry.clear();
    expect([...(await bed.read())]).toEqual([]);
    new Counter({ name: "orders_total", help: "h", registers }).inc();
    bed.nowMillis = 1_045_000;
    expect(await startOf()).toEqual([1_015, 0]);
  });

  it("wait for collect functions, and lose only the one that throws or hangs", async () => {
    let hangs = 0;
    const bed = makeBed({ timeoutMillis: 50 });
    const registers = [bed.registry];
    new Gauge({
      name: "slow",
      help: "h",
      registers,
      async collect() {
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.set(7);
      },
    });
    new Gauge({
      name: "broken",
      help: "h",
      registers,
      collect() {
        throw new Error("no database");
      },
    });
    new Gauge({
      name: "hanging",
      help: "h",
      registers,
      collect() {
        hangs += 1;
        return new Promise(() => undefined);
      },
    });
    expect([...(await bed.read()).keys()]).toEqual(["slow"]);
    expect([...(await bed.read()).keys()]).toEqual(["slow"]);
    expect(hangs).toBe(1);
    expect(bed.warnings.sort()).toEqual([
      'prom-client metric "broken": its collect function failed; it is left out while it does',
      'prom-client metric "hanging": its collect function takes too long; it is left out until it is done',
    ]);
  });

  it("of two registries are sent once, and a second metric of the name is refused aloud", async () => {
    const second = new Registry();
    const bed = makeBed({}, [second]);
    const shared = new Gauge({ name: "shared", help: "h", registers: [bed.registry, second] });
    shared.set(1);
    new Gauge({ name: "twice", help: "h", registers: [bed.registry] }).set(1);
    new Gauge({ name: "twice", help: "h", registers: [second] }).set(2);
    new Gauge({ name: "alone", help: "h", registers: [second] }).set(3);
    const found = await bed.read();
    expect(pointsOf(found.get("twice"))).toEqual([[{}, 1]]);
    expect(pointsOf(found.get("alone"))).toEqual([[{}, 3]]);
    expect(bed.warnings).toEqual([
      'prom-client metric "twice": another registry has a metric of this name; only the first one found is sent',
    ]);
  });

  it("give way where Sightline has the same name, and say once what Prometheus changes", async () => {
    const bed = makeBed();
    const registers = [bed.registry];
    new Histogram({ name: "http_server_request_duration_seconds", help: "h", registers });
    new Gauge({ name: "a__b", help: "h", registers }).set(1);
    expect([...(await bed.read()).keys()]).toEqual(["a__b"]);
    await bed.read();
    expect(bed.warnings).toEqual([
      'prom-client metric "http_server_request_duration_seconds": Sightline measures it under the same name already; its own is sent',
      'prom-client metric "a__b": Prometheus takes it over OTLP as "a_b"',
    ]);
  });

  it("are at most 10,000 series: the metric with the most loses them, counted and named", async () => {
    const bed = makeBed();
    const registers = [bed.registry];
    const wild = new Counter({ name: "wild_total", help: "h", labelNames: ["id"], registers });
    for (let id = 0; id < 12_000; id += 1) wild.inc({ id: String(id) });
    const tame = new Histogram({ name: "tame", help: "h", buckets: [1], registers });
    tame.observe(0.5);
    const found = await bed.read();
    expect(found.get("tame")?.dataPoints).toHaveLength(1);
    // Two buckets, sum and count are four series.
    expect(found.get("wild_total")?.dataPoints).toHaveLength(9_996);
    expect(pointsOf(found.get("wild_total"))[0]).toEqual([{ id: "0" }, 1]);
    expect(bed.dropped).toEqual([2_004]);
    await bed.read();
    expect(bed.warnings).toHaveLength(1);
    expect(bed.warnings[0]).toContain('"wild_total": it has the most series');
  });

  it("cut a histogram between its series, never within one", async () => {
    const bed = makeBed({ maxSeries: 10 });
    const latency = new Histogram({
      name: "latency",
      help: "h",
      labelNames: ["route"],
      buckets: [1],
      registers: [bed.registry],
    });
    for (const route of ["/a", "/b", "/c"]) latency.observe({ route }, 0.5);
    const points = pointsOf((await bed.read()).get("latency"));
    expect(points.map(([attributes]) => attributes)).toEqual([{ route: "/a" }, { route: "/b" }]);
    expect(bed.dropped).toEqual([4]);
  });

  it("survive registries and metrics that are broken", async () => {
    const hostile = [
      {
        getMetricsAsArray() {
          throw new Error("no");
        },
      },
      {
        getMetricsAsArray: () => [
          null,
          7,
          { get: () => null },
          { name: "n", get: () => ({ name: "n", type: "gauge", values: [null, { value: "x" }] }) },
          {
            get name(): string {
              throw new Error("no");
            },
            get: () => ({ name: "bad name", type: "gauge", values: [] }),
          },
          {
            name: "p",
            get: () => ({
              name: "p",
              help: 5,
              type: "gauge",
              values: [{ value: 1, labels: JSON.parse('{"__proto__": "x", "k": 12}') }],
            }),
          },
        ],
        get _defaultLabels(): object {
          throw new Error("no");
        },
      },
    ];
    const bed = makeBed({}, hostile);
    const found = await bed.read();
    expect(pointsOf(found.get("n"))).toEqual([]);
    expect(found.get("p")?.dataPoints[0]?.attributes["k"]).toBe("12");
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  it("leaves out what is no number: quantiles of a summary that saw nothing", async () => {
    const bed = makeBed();
    new Summary({ name: "size", help: "h", registers: [bed.registry] });
    new Gauge({ name: "odd", help: "h", registers: [bed.registry] }).set(Number.NaN);
    const found = await bed.read();
    for (const [, value] of pointsOf(found.get("size"))) expect(value).not.toBeNaN();
    expect(pointsOf(found.get("odd"))).toEqual([]);
    expect(pointsOf(found.get("size_count"))).toEqual([[{}, 0]]);
  });
});
