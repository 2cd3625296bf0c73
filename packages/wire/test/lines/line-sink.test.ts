import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDelivery, type Delivery } from "../../src/delivery.ts";
import type { DeliveryOptions } from "../../src/delivery-options.ts";
import { MAX_BODY_BYTES } from "../../src/export/serialize-split.ts";
import type { LineRecord } from "../../src/lines/line-record.ts";
import { createLineSink, type LineSink, type LineSinkOptions } from "../../src/lines/line-sink.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake-clock.ts";
import { createFakeJournal, type FakeJournal } from "../fakes/fake-journal.ts";
import {
  ACCEPTED,
  createFakeTransport,
  type FakeTransport,
  UNAVAILABLE,
} from "../fakes/fake-transport.ts";
import { decodeRecord, decodeRequest } from "../fixtures/decode-logs.ts";
import { readLogLines } from "../fixtures/read-otlp.ts";
import { makeTemporaryFolder } from "../fixtures/temporary-folder.ts";

interface Rig {
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly delivery: Delivery;
  readonly journal: FakeJournal;
  readonly sink: LineSink;
  log(body: string, severityNumber?: number): void;
  lines(): string[];
}

function rig(sinkOptions: Partial<LineSinkOptions> = {}, more: Partial<DeliveryOptions> = {}): Rig {
  const clock = createFakeClock(Date.now());
  const transport = createFakeTransport();
  const delivery = createDelivery({ endpoint: "http://127.0.0.1:1", clock, transport, ...more });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  const journal = createFakeJournal();
  const sink = createLineSink({
    delivery,
    clock,
    journal,
    resource: { "service.name": "shop" },
    scope: { name: "test", version: "1" },
    ...sinkOptions,
  });
  return {
    clock,
    transport,
    delivery,
    journal,
    sink,
    log: (body, severityNumber = 9) => sink.emit(makeRecord(body, severityNumber, clock.now())),
    lines: () => transport.sent.flatMap(({ body }) => readLogLines(body)),
  };
}

function makeRecord(body: string, severityNumber: number, timeUnixMillis: number): LineRecord {
  return { timeUnixMillis, severityNumber, severityText: "", body, attributes: { kind: "log" } };
}

function untilSent(transport: FakeTransport, count: number): Promise<void> {
  return vi.waitFor(() => expect(transport.sent).toHaveLength(count));
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
    await untilSent(transport, 1);
    expect(lines()).toEqual(["a", "b", "c"]);
    expect(transport.sent[0]).toMatchObject({ signal: "logs", records: 3, severityNumber: 17 });
  });

  test("does not wait once a batch is full, and sends no larger one", async () => {
    const { transport, lines, log, sink } = rig({ maxBatchRecords: 10 });
    for (let n = 0; n < 35; n += 1) log(`line ${n}`);
    await untilSent(transport, 3);
    expect(sink.queuedRecords()).toBe(5);
    sink.handOver();
    await untilSent(transport, 4);
    expect(transport.sent.map(({ records }) => records)).toEqual([10, 10, 10, 5]);
    expect(lines()).toEqual(Array.from({ length: 35 }, (_, n) => `line ${n}`));
  });

  test("sends what came after a full batch once the delay is over", async () => {
    const { clock, transport, lines, log } = rig({ maxBatchRecords: 2, delayMillis: 1_000 });
    for (const text of ["a", "b", "c"]) log(text);
    await untilSent(transport, 1);
    clock.advance(1_000);
    await untilSent(transport, 2);
    expect(lines()).toEqual(["a", "b", "c"]);
  });

  test("only encodes, keeps and queues inside emit", () => {
    const { log, sink, delivery, journal } = rig({ maxBatchRecords: 2 });
    for (let n = 0; n < 100; n += 1) log("x");
    expect(sink.queuedRecords()).toBe(100);
    expect(journal.kept.size).toBe(100);
    expect(delivery.stats().memory.batches).toBe(0);
  });

  test("makes no request larger than receivers take", async () => {
    const { log, sink, transport, delivery } = rig();
    for (let n = 0; n < 40; n += 1) log(`${n} `.padEnd(250_000, "x"), 17);
    sink.handOver();
    await delivery.flush(10_000);
    expect(transport.sent.length).toBeGreaterThan(1);
    for (const { body } of transport.sent) expect(body.length).toBeLessThanOrEqual(MAX_BODY_BYTES);
    const queueBytes = 4 * 1024 * 1024;
    const kept = transport.sent.reduce((records, batch) => records + batch.records, 0);
    expect(kept).toBe(Math.floor(queueBytes / 250_200));
    expect(delivery.stats().dropped).toEqual([
      { signal: "logs", reason: "queue_full", records: 40 - kept },
    ]);
  });
});

test("a request says whose records these are, and gives each a time of its own", async () => {
  const { log, sink, transport } = rig();
  for (let n = 0; n < 3; n += 1) log("the same");
  sink.handOver();
  await untilSent(transport, 1);
  const [request] = decodeRequest(transport.sent[0]?.body ?? new Uint8Array());
  expect(request).toMatchObject({
    resource: [["service.name", "shop"]],
    scope: { name: "test", version: "1" },
  });
  expect(new Set(request?.records.map(({ timeUnixNano }) => timeUnixNano)).size).toBe(3);
});

test("what the journal keeps is byte for byte what is sent", async () => {
  const { log, sink, transport, journal } = rig();
  for (const text of ["a", "ü\ud800", "c".repeat(5_000)]) log(text, 17);
  sink.handOver();
  await untilSent(transport, 1);
  const request = Buffer.from(transport.sent[0]?.body ?? []);
  expect(journal.kept.size).toBe(3);
  for (const bytes of journal.kept.values())
    expect(request.includes(Buffer.from(bytes))).toBe(true);
});

test("a full queue loses the oldest of the lowest severity, counted, and keeps the errors", async () => {
  const { log, lines, sink, delivery, journal } = rig({ maxQueuedBytes: 20_000 });
  log("the first error", 17);
  for (let n = 0; n < 1_000; n += 1) log(`debug ${n}`, 5);
  log("the last error", 17);
  expect(sink.queuedBytes()).toBeLessThanOrEqual(20_000);
  const lost = journal.settled.length;
  sink.handOver();
  await delivery.flush(10_000);
  const received = lines();
  expect(received.at(0)).toBe("the first error");
  expect(received.at(-2)).toBe("debug 999");
  expect(received.at(-1)).toBe("the last error");
  expect(lost).toBe(1_002 - received.length);
  expect(delivery.stats().dropped).toEqual([
    { signal: "logs", reason: "queue_full", records: lost },
  ]);
});

test("a record too large for any request is counted and not kept", async () => {
  const { log, sink, delivery, journal, lines } = rig();
  log("before");
  log("x".repeat(MAX_BODY_BYTES));
  log("after");
  sink.handOver();
  await delivery.flush(1_000);
  expect(lines()).toEqual(["before", "after"]);
  expect(journal.kept.size).toBe(2);
  expect(delivery.stats().dropped).toEqual([{ signal: "logs", reason: "too_large", records: 1 }]);
});

test("a record that is none is counted, and the caller does not notice", () => {
  const { sink, delivery } = rig();
  sink.emit({} as LineRecord);
  sink.emit({ ...makeRecord("x", 9, 1), attributes: undefined } as unknown as LineRecord);
  expect(delivery.stats().dropped).toEqual([
    { signal: "logs", reason: "serialization_failed", records: 2 },
  ]);
});

test("after the delivery's end a record is counted, not kept", async () => {
  const { log, sink, delivery, journal } = rig();
  await delivery.shutdown(0);
  log("late");
  sink.handOver();
  expect(sink.queuedRecords()).toBe(0);
  expect(journal.open()).toEqual([]);
  expect(delivery.stats().dropped).toEqual([
    { signal: "logs", reason: "shutdown_timeout", records: 1 },
  ]);
});

describe("the journal is told to forget a record", () => {
  test("once it is acknowledged, and not before", async () => {
    let answer = (_outcome: typeof ACCEPTED): void => undefined;
    const { log, sink, transport, delivery, journal } = rig();
    transport.answer = () => new Promise((resolve) => (answer = resolve));
    log("a");
    log("b");
    sink.handOver();
    await untilSent(transport, 1);
    expect(journal.settled).toEqual([]);
    answer(ACCEPTED);
    await delivery.flush(10_000);
    expect(journal.settled).toEqual([1, 2]);
  });

  test("when the receiver refuses it", async () => {
    const { log, sink, transport, delivery, journal } = rig();
    transport.answer = () => ({ status: "failure", message: "HTTP 400" });
    log("poison");
    sink.handOver();
    await delivery.flush(10_000);
    expect(journal.settled).toEqual([1]);
  });

  test("when it is safe in the spool while the receiver is away, and again when it is sent", async () => {
    const directory = makeTemporaryFolder();
    const { log, sink, transport, delivery, journal } = rig({}, { spool: { directory } });
    transport.answer = () => UNAVAILABLE;
    log("a");
    sink.handOver();
    await vi.waitFor(() => expect(journal.settled).toEqual([1]));
    expect(delivery.stats().spool?.records).toBe(1);
    transport.answer = () => ACCEPTED;
    await delivery.flush(10_000);
    expect(journal.settled).toEqual([1, 1]);
  });

  test("when saveSync wrote it at the end of the process", () => {
    const directory = makeTemporaryFolder();
    const { log, sink, transport, delivery, journal } = rig({}, { spool: { directory } });
    transport.answer = () => new Promise(() => {});
    log("last words");
    sink.handOver();
    expect(journal.settled).toEqual([]);
    delivery.saveSync();
    expect(journal.settled).toEqual([1]);
  });

  test("not where the disk could not be written", async () => {
    const { log, sink, transport, delivery, journal } = rig(
      {},
      { spool: { directory: "/proc/no-folder" } },
    );
    transport.answer = () => UNAVAILABLE;
    log("a");
    sink.handOver();
    await vi.waitFor(() => expect(delivery.stats().spool?.isAvailable).toBe(false));
    delivery.saveSync();
    expect(journal.settled).toEqual([]);
    expect(journal.open().map((bytes) => decodeRecord(bytes).body)).toEqual(["a"]);
  });
});
