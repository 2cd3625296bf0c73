import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDelivery, type Delivery } from "../../src/delivery.ts";
import {
  type BatcherOptions,
  createRecordBatcher,
  type PendingResource,
  type RecordBatcher,
  type RecordKind,
} from "../../src/export/record-batcher.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake-clock.ts";
import { createFakeTransport, type FakeTransport } from "../fakes/fake-transport.ts";

interface Item {
  readonly text: string;
  readonly rank: number;
}

interface Rig {
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly delivery: Delivery;
  readonly batcher: RecordBatcher<Item>;
  push(text: string, rank?: number): void;
  received(): string[];
}

/** Items are sent as the lines of a text; one that says "trap" does not serialize. */
function kindOf(resource: PendingResource): RecordKind<Item> {
  return {
    signal: "traces",
    serialize: (items) => {
      if (items.some(({ text }) => text === "trap")) throw new Error("host bug");
      return new TextEncoder().encode(items.map(({ text }) => text).join("\n"));
    },
    severityNumberOf: ({ rank }) => rank,
    rankOf: ({ rank }) => rank,
    estimateBytes: () => 200,
    resourceOf: () => resource,
  };
}

function rig(options: BatcherOptions = {}, resource: PendingResource = {}): Rig {
  const clock = createFakeClock();
  const transport = createFakeTransport();
  const delivery = createDelivery({ endpoint: "http://127.0.0.1:1", clock, transport });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  const batcher = createRecordBatcher(delivery, kindOf(resource), { clock, ...options });
  return {
    clock,
    transport,
    delivery,
    batcher,
    push: (text, rank = 9) => batcher.push({ text, rank }),
    received: () =>
      transport.sent.flatMap(({ body }) => new TextDecoder().decode(body).split("\n")),
  };
}

describe("batching", () => {
  test("waits for the delay, then sends all in one batch with its highest severity", async () => {
    const { clock, transport, received, push } = rig({ delayMillis: 1_000 });
    push("a");
    push("b", 17);
    push("c", 5);
    clock.advance(999);
    await new Promise(setImmediate);
    expect(transport.sent).toEqual([]);
    clock.advance(1);
    await vi.waitFor(() => expect(transport.sent).toHaveLength(1));
    expect(received()).toEqual(["a", "b", "c"]);
    expect(transport.sent[0]).toMatchObject({ signal: "traces", records: 3, severityNumber: 17 });
  });

  test("does not wait once a batch is full, and sends no larger one", async () => {
    const { transport, received, push, batcher } = rig({ maxBatchRecords: 10 });
    for (let n = 0; n < 35; n += 1) push(`item ${n}`);
    await vi.waitFor(() => expect(transport.sent).toHaveLength(3));
    expect(batcher.queuedRecords()).toBe(5);
    await batcher.flush();
    expect(transport.sent.map(({ records }) => records)).toEqual([10, 10, 10, 5]);
    expect(received()).toEqual(Array.from({ length: 35 }, (_, n) => `item ${n}`));
  });

  test("does nothing but keep the record inside push", () => {
    const { push, batcher, delivery } = rig({ maxBatchRecords: 2 });
    for (let n = 0; n < 100; n += 1) push("x");
    expect(batcher.queuedRecords()).toBe(100);
    expect(delivery.stats().memory.batches).toBe(0);
  });
});

test("flush hands all over and waits for the acknowledgement", async () => {
  const { push, delivery, batcher } = rig();
  for (let n = 0; n < 2_000; n += 1) push("x");
  await batcher.flush();
  expect(batcher.queuedRecords()).toBe(0);
  expect(delivery.stats().acknowledgedRecords.traces).toBe(2_000);
});

test("a full queue loses the oldest of the lowest rank, counted", async () => {
  const { push, received, batcher, delivery } = rig({ maxQueuedBytes: 20_000 });
  push("the first high one", 17);
  for (let n = 0; n < 1_000; n += 1) push(`low ${n}`, 5);
  push("the last high one", 17);
  expect(batcher.queuedBytes()).toBeLessThanOrEqual(20_000);
  await batcher.flush();
  expect(received()).toHaveLength(100);
  expect(received().at(0)).toBe("the first high one");
  expect(received().slice(-2)).toEqual(["low 999", "the last high one"]);
  expect(delivery.stats().dropped).toEqual([
    { signal: "traces", reason: "queue_full", records: 902 },
  ]);
});

test("one record that cannot be serialized is lost alone, and the host does not notice", async () => {
  const { push, received, batcher, delivery } = rig();
  for (const text of ["before", "trap", "after"]) push(text);
  await batcher.flush();
  expect(received()).toEqual(["before", "after"]);
  expect(delivery.stats().dropped).toEqual([
    { signal: "traces", reason: "serialization_failed", records: 1 },
  ]);
});

test("records wait for a resource that is still being detected", async () => {
  let detected = (): void => undefined;
  const waiting = new Promise<void>((resolve) => {
    detected = resolve;
  });
  const resource = { asyncAttributesPending: true, waitForAsyncAttributes: () => waiting };
  const { push, clock, transport, received } = rig({}, resource);
  push("early");
  clock.advance(1_000);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(transport.sent).toEqual([]);
  detected();
  await vi.waitFor(() => expect(received()).toEqual(["early"]));
});

test("handOver gives everything to the delivery at once, for the exit of the process", () => {
  const { push, batcher, delivery } = rig();
  for (let n = 0; n < 600; n += 1) push("x");
  batcher.handOver();
  expect(batcher.queuedRecords()).toBe(0);
  expect(delivery.stats().memory.records).toBe(600);
});

test("after shutdown a record is counted, not kept", async () => {
  const { push, batcher, delivery } = rig();
  await batcher.shutdown();
  push("late");
  expect(batcher.queuedRecords()).toBe(0);
  expect(delivery.stats().dropped).toEqual([
    { signal: "traces", reason: "shutdown_timeout", records: 1 },
  ]);
});
