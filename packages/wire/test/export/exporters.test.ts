import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDelivery, type Delivery } from "../../src/delivery.ts";
import { createMetricExporter } from "../../src/export/metric-exporter.ts";
import { MAX_BODY_BYTES } from "../../src/export/serialize-split.ts";
import { createSpanExporter } from "../../src/export/span-exporter.ts";
import { createLineSink } from "../../src/lines/line-sink.ts";
import { countDataPoints, countSpans, readLogLines } from "../fixtures/read-otlp.ts";
import { type Receiver, startReceiver } from "../fixtures/receiver.ts";

async function rig(): Promise<{ receiver: Receiver; delivery: Delivery }> {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const delivery = createDelivery({ endpoint: receiver.endpoint });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  return { receiver, delivery };
}

const exportAll = <T>(
  exporter: { export(input: T, done: (result: { code: number }) => void): void },
  input: T,
) => new Promise<{ code: number }>((resolve) => exporter.export(input, resolve));

describe("with the real SDKs, the receiver gets", () => {
  test("lines", async () => {
    const { receiver, delivery } = await rig();
    const lines = createLineSink({
      delivery,
      resource: { "service.name": "shop" },
      scope: { name: "test", version: "1" },
    });
    const line = { timeUnixMillis: Date.now(), severityNumber: 17, severityText: "error" };
    lines.emit({ ...line, body: "hello", attributes: { kind: "log" } });
    lines.handOver();
    await delivery.flush(10_000);
    expect(receiver.requests.flatMap(({ body }) => readLogLines(body))).toEqual(["hello"]);
    expect(receiver.requests[0]?.path).toBe("/v1/logs");
  });

  test("spans", async () => {
    const { receiver, delivery } = await rig();
    const processor = new BatchSpanProcessor({ exporter: createSpanExporter(delivery) });
    const provider = new TracerProvider({ spanProcessors: [processor] });
    for (let n = 0; n < 5; n += 1) provider.getTracer("test").startSpan(`span ${n}`).end();
    await provider.shutdown();
    expect(receiver.requests.map(({ path, body }) => [path, countSpans(body)])).toEqual([
      ["/v1/traces", 5],
    ]);
    expect(delivery.stats().acknowledgedRecords.traces).toBe(5);
  });

  test("metrics, counted by data point", async () => {
    const { receiver, delivery } = await rig();
    const reader = new PeriodicExportingMetricReader({ exporter: createMetricExporter(delivery) });
    const provider = new MeterProvider({ readers: [reader] });
    const meter = provider.getMeter("test");
    const counter = meter.createCounter("requests");
    for (const route of ["/a", "/b", "/c"]) counter.add(1, { route });
    meter.createHistogram("duration").record(5);
    await provider.shutdown();
    expect(receiver.requests.map(({ path, body }) => [path, countDataPoints(body)])).toEqual([
      ["/v1/metrics", 4],
    ]);
    expect(delivery.stats().acknowledgedRecords.metrics).toBe(4);
  });
});

test("metrics are cumulative, whatever the instrument", () => {
  const exporter = createMetricExporter({} as Delivery);
  for (const type of [InstrumentType.COUNTER, InstrumentType.HISTOGRAM]) {
    const temporality = exporter.selectAggregationTemporality?.(type);
    expect(temporality).toBe(AggregationTemporality.CUMULATIVE);
  }
});

test("a metric export that is too large is split by data point, and none is lost", async () => {
  const { receiver, delivery } = await rig();
  const reader = new PeriodicExportingMetricReader({
    exporter: createMetricExporter(delivery),
    cardinalityLimits: { default: 5_000 },
  });
  const provider = new MeterProvider({ readers: [reader] });
  const counter = provider.getMeter("test").createCounter("requests");
  for (let n = 0; n < 4_000; n += 1) counter.add(1, { route: `${n}`.padEnd(1_500, "x") });
  await provider.shutdown();
  const bodies = receiver.requests.map(({ body }) => body);
  expect(bodies.length).toBeGreaterThan(1);
  for (const body of bodies) expect(body.length).toBeLessThanOrEqual(MAX_BODY_BYTES);
  expect(bodies.reduce((sum, body) => sum + countDataPoints(body), 0)).toBe(4_000);
});

test("an exporter that is shut down refuses, and leaves the delivery to the others", async () => {
  const { receiver, delivery } = await rig();
  const spans = createSpanExporter(delivery);
  await spans.shutdown();
  expect((await exportAll(spans, [])).code).toBe(1);
  const processor = new BatchSpanProcessor({ exporter: createSpanExporter(delivery) });
  const provider = new TracerProvider({ spanProcessors: [processor] });
  provider.getTracer("test").startSpan("still here").end();
  await provider.shutdown();
  expect(receiver.requests.map(({ body }) => countSpans(body))).toEqual([1]);
});
