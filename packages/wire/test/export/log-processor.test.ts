import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDelivery, type Delivery } from "../../src/delivery.ts";
import { createLogProcessor, type LogProcessor } from "../../src/export/log-processor.ts";
import type { BatcherOptions } from "../../src/export/record-batcher.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake-clock.ts";
import { createFakeTransport, type FakeTransport } from "../fakes/fake-transport.ts";
import { readLogLines } from "../fixtures/read-otlp.ts";

interface Rig {
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly delivery: Delivery;
  readonly processor: LogProcessor;
  readonly provider: LoggerProvider;
  log(body: unknown, severityNumber?: number): void;
  lines(): string[];
}

function rig(
  options: BatcherOptions = {},
  resource = resourceFromAttributes({ "service.name": "test" }),
): Rig {
  const clock = createFakeClock();
  const transport = createFakeTransport();
  const delivery = createDelivery({ endpoint: "http://127.0.0.1:1", clock, transport });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  const processor = createLogProcessor(delivery, { clock, ...options });
  const provider = new LoggerProvider({ resource, processors: [processor] });
  const logger = provider.getLogger("test");
  return {
    clock,
    transport,
    delivery,
    processor,
    provider,
    log: (body, severityNumber = 9) => logger.emit({ body: body as string, severityNumber }),
    lines: () => transport.sent.flatMap(({ body }) => readLogLines(body)),
  };
}

describe("batching", () => {
  test("waits for the delay, then sends all in one batch with its highest severity", async () => {
    const { clock, transport, lines, log } = rig({ delayMillis: 1_000 });
    log("a");
    log("b", 17);
    log("c", 5);
    clock.advance(999);
    await new Promise(setImmediate);
    expect(transport.sent).toEqual([]);
    clock.advance(1);
    await vi.waitFor(() => expect(transport.sent).toHaveLength(1));
    expect(lines()).toEqual(["a", "b", "c"]);
    expect(transport.sent[0]).toMatchObject({ signal: "logs", records: 3, severityNumber: 17 });
  });

  test("does not wait once a batch is full, and sends no larger one", async () => {
    const { transport, lines, log, processor } = rig({ maxBatchRecords: 10 });
    for (let n = 0; n < 35; n += 1) log(`line ${n}`);
    await vi.waitFor(() => expect(transport.sent).toHaveLength(3));
    expect(processor.queuedRecords()).toBe(5);
    await processor.forceFlush();
    expect(transport.sent.map(({ records }) => records)).toEqual([10, 10, 10, 5]);
    expect(lines()).toEqual(Array.from({ length: 35 }, (_, n) => `line ${n}`));
  });

  test("does nothing but keep the record inside emit", () => {
    const { log, processor, delivery } = rig({ maxBatchRecords: 2 });
    for (let n = 0; n < 100; n += 1) log("x");
    expect(processor.queuedRecords()).toBe(100);
    expect(delivery.stats().memory.batches).toBe(0);
  });
});

test("forceFlush hands all over and waits for the acknowledgement", async () => {
  const { log, provider, delivery, processor } = rig();
  for (let n = 0; n < 2_000; n += 1) log("x");
  await provider.forceFlush();
  expect(processor.queuedRecords()).toBe(0);
  expect(delivery.stats().acknowledgedRecords.logs).toBe(2_000);
});

test("a full queue loses the oldest of the lowest severity, counted, and keeps the errors", async () => {
  const { log, lines, processor, delivery } = rig({ maxQueuedBytes: 20_000 });
  log("the first error", 17);
  for (let n = 0; n < 1_000; n += 1) log(`debug ${n}`, 5);
  log("the last error", 17);
  expect(processor.queuedBytes()).toBeLessThanOrEqual(20_000);
  await processor.forceFlush();
  const received = lines();
  expect(received.at(0)).toBe("the first error");
  expect(received.at(-2)).toBe("debug 999");
  expect(received.at(-1)).toBe("the last error");
  expect(delivery.stats().dropped).toEqual([
    { signal: "logs", reason: "queue_full", records: 1_002 - received.length },
  ]);
});

test("one record that cannot be serialized is lost alone, and the host does not notice", async () => {
  const { log, lines, processor, delivery } = rig();
  const trap = {
    get value() {
      throw new Error("host bug");
    },
  };
  log("before");
  log(trap);
  log("after");
  await processor.forceFlush();
  expect(lines()).toEqual(["before", "after"]);
  expect(delivery.stats().dropped).toEqual([
    { signal: "logs", reason: "serialization_failed", records: 1 },
  ]);
});

test("records wait for a resource that is still being detected", async () => {
  let detected = (_name: string) => {};
  const name = new Promise<string>((resolve) => {
    detected = resolve;
  });
  const resource = resourceFromAttributes({ "service.name": name });
  const { log, clock, transport } = rig({}, resource);
  log("early");
  clock.advance(1_000);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(transport.sent).toEqual([]);
  detected("found-later");
  await vi.waitFor(() => expect(transport.sent).toHaveLength(1));
  const text = new TextDecoder().decode(transport.sent[0]?.body);
  expect(text).toContain("found-later");
});

test("handOver gives everything to the delivery at once, for the exit of the process", () => {
  const { log, processor, delivery } = rig();
  for (let n = 0; n < 600; n += 1) log("x");
  processor.handOver();
  expect(processor.queuedRecords()).toBe(0);
  expect(delivery.stats().memory.records).toBe(600);
});

test("after shutdown a record is counted, not kept", async () => {
  const { processor, delivery } = rig();
  await processor.shutdown();
  processor.onEmit({} as Parameters<LogProcessor["onEmit"]>[0]);
  expect(processor.queuedRecords()).toBe(0);
  expect(delivery.stats().dropped).toEqual([
    { signal: "logs", reason: "shutdown_timeout", records: 1 },
  ]);
});
