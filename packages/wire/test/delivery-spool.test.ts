import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDelivery, type Delivery } from "../src/delivery.ts";
import type { DeliveryOptions } from "../src/delivery-options.ts";
import { createFakeClock } from "./fakes/fake-clock.ts";
import { ACCEPTED, createFakeTransport, UNAVAILABLE } from "./fakes/fake-transport.ts";
import { makeBatch, textOf } from "./fixtures/batches.ts";
import { makeTemporaryFolder } from "./fixtures/temporary-folder.ts";

function deliver(directory: string, options: Partial<DeliveryOptions> = {}): Delivery {
  const delivery = createDelivery({
    endpoint: "http://127.0.0.1:1",
    spool: { directory },
    ...options,
  });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  return delivery;
}

function spooledFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.startsWith("spool-") && name.endsWith(".batch"))
    .sort();
}

async function untilSpooled(delivery: Delivery, batches: number): Promise<void> {
  await vi.waitFor(() =>
    expect(delivery.stats()).toMatchObject({ memory: { batches: 0 }, spool: { batches } }),
  );
}

describe("while the receiver is away", () => {
  test("batches go to disk and out of memory, and later to the receiver, in order", async () => {
    const directory = makeTemporaryFolder();
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver(directory, { transport, random: () => 0.1 });
    for (let n = 0; n < 10; n += 1) delivery.enqueue(makeBatch(`batch ${n}`));
    await untilSpooled(delivery, 10);
    expect(spooledFiles(directory)).toHaveLength(10);
    transport.sent.length = 0;
    transport.answer = () => ACCEPTED;
    expect(await delivery.flush(10_000)).toEqual({ status: "flushed" });
    const sent = [...new Set(transport.sent.map(textOf))];
    expect(sent).toEqual(Array.from({ length: 10 }, (_, n) => `batch ${n}`));
    expect(delivery.stats()).toMatchObject({ acknowledgedRecords: { logs: 10 }, dropped: [] });
    await vi.waitFor(() => expect(spooledFiles(directory)).toEqual([]));
  });

  test("a batch waits 250 ms in memory at most, even if the first request hangs", async () => {
    const directory = makeTemporaryFolder();
    const clock = createFakeClock(Date.now());
    const transport = createFakeTransport(() => new Promise(() => {}));
    const delivery = deliver(directory, { transport, clock });
    delivery.enqueue(makeBatch("hanging"));
    await vi.waitFor(() => expect(transport.sent).toHaveLength(1));
    clock.advance(249);
    expect(existsSync(directory) ? spooledFiles(directory) : []).toEqual([]);
    clock.advance(1);
    await untilSpooled(delivery, 1);
    expect(spooledFiles(directory)).toHaveLength(1);
  });

  test("a clock that is set back does not keep a batch from the disk", async () => {
    const directory = makeTemporaryFolder();
    const clock = createFakeClock(Date.now());
    let setBackMillis = 0;
    const shifted = { ...clock, now: () => clock.now() - setBackMillis };
    const transport = createFakeTransport(() => new Promise(() => {}));
    const delivery = deliver(directory, { transport, clock: shifted });
    delivery.enqueue(makeBatch("x"));
    setBackMillis = 3_600_000;
    clock.advance(250);
    await untilSpooled(delivery, 1);
  });

  test("a file is removed only after the acknowledgement", async () => {
    const directory = makeTemporaryFolder();
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver(directory, { transport, random: () => 0 });
    delivery.enqueue(makeBatch("x"));
    await untilSpooled(delivery, 1);
    let filesDuringSend: string[] = [];
    transport.answer = () => {
      filesDuringSend = spooledFiles(directory);
      return ACCEPTED;
    };
    await delivery.flush(10_000);
    expect(filesDuringSend).toHaveLength(1);
    await vi.waitFor(() => expect(spooledFiles(directory)).toEqual([]));
  });
});

test("nothing is written while the receiver answers in time", async () => {
  const directory = join(makeTemporaryFolder(), "spool");
  const clock = createFakeClock(Date.now());
  const delivery = deliver(directory, { transport: createFakeTransport(), clock });
  for (let n = 0; n < 100; n += 1) delivery.enqueue(makeBatch("x"));
  await delivery.flush(10_000);
  clock.advance(60_000);
  expect(delivery.stats().acknowledgedRecords.logs).toBe(100);
  expect(existsSync(directory)).toBe(false);
});

test("what overflows memory goes to disk, and nothing is lost", async () => {
  const directory = makeTemporaryFolder();
  const transport = createFakeTransport(() => UNAVAILABLE);
  const delivery = deliver(directory, { transport, maxMemoryBytes: 100_000, random: () => 0 });
  for (let n = 0; n < 50; n += 1) {
    delivery.enqueue(makeBatch(`${n} `.padEnd(10_000, "x")));
    await vi.waitFor(() => expect(delivery.stats().memory.bytes).toBeLessThan(50_000), {
      interval: 1,
    });
  }
  transport.answer = () => ACCEPTED;
  expect(await delivery.flush(10_000)).toEqual({ status: "flushed" });
  expect(delivery.stats()).toMatchObject({ acknowledgedRecords: { logs: 50 }, dropped: [] });
});

test("a full spool drops the oldest of the lowest severity and counts it as spool_full", async () => {
  const directory = makeTemporaryFolder();
  const transport = createFakeTransport(() => UNAVAILABLE);
  const maxBytes = 10 * 4096;
  const delivery = deliver(directory, {
    transport,
    random: () => 1 - Number.EPSILON,
    spool: { directory, maxBytes },
  });
  for (let n = 0; n < 20; n += 1) {
    delivery.enqueue(makeBatch(`batch ${n}`, { severityNumber: n < 5 ? 17 : 5 }));
    await vi.waitFor(() => expect(delivery.stats().memory.batches).toBe(0), { interval: 1 });
    expect(delivery.stats().spool?.bytes).toBeLessThanOrEqual(maxBytes);
  }
  transport.sent.length = 0;
  transport.answer = () => ACCEPTED;
  await delivery.flush(10_000);
  const sent = transport.sent.map(textOf);
  expect(sent.slice(0, 5)).toEqual(["batch 0", "batch 1", "batch 2", "batch 3", "batch 4"]);
  expect(sent.at(-1)).toBe("batch 19");
  const { acknowledgedRecords, dropped } = delivery.stats();
  expect(dropped).toEqual([{ signal: "logs", reason: "spool_full", records: 20 - sent.length }]);
  expect(acknowledgedRecords.logs).toBe(sent.length);
  expect(sent.length).toBeGreaterThanOrEqual(9);
});

describe("a disk that cannot be written", () => {
  test("is shown, asked again later, and memory takes over meanwhile", async () => {
    const parent = makeTemporaryFolder();
    const directory = join(parent, "blocked");
    writeFileSync(directory, "a file where the folder should be");
    const clock = createFakeClock(Date.now());
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver(directory, { transport, clock });
    delivery.enqueue(makeBatch("x"));
    await vi.waitFor(() => expect(delivery.stats().spool?.isAvailable).toBe(false));
    expect(delivery.stats()).toMatchObject({ memory: { batches: 1 }, dropped: [] });
    await rm(directory);
    await mkdir(directory);
    clock.advance(5_000);
    await untilSpooled(delivery, 1);
    expect(delivery.stats().spool).toMatchObject({ isAvailable: true, writeFailures: 1 });
  });

  test("is the counted reason when memory then overflows", async () => {
    const directory = join(makeTemporaryFolder(), "blocked");
    writeFileSync(directory, "");
    const clock = createFakeClock(Date.now());
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver(directory, { transport, clock, maxMemoryBytes: 20 });
    delivery.enqueue(makeBatch("0123456789"));
    await vi.waitFor(() => expect(delivery.stats().spool?.isAvailable).toBe(false));
    for (let n = 0; n < 3; n += 1) delivery.enqueue(makeBatch("0123456789"));
    expect(delivery.stats().dropped).toEqual([
      { signal: "logs", reason: "spool_unavailable", records: 2 },
    ]);
  });
});

describe("across processes", () => {
  test("what is left at shutdown is sent by the next one", async () => {
    const directory = makeTemporaryFolder();
    const away = createFakeTransport(() => UNAVAILABLE);
    const first = deliver(directory, { transport: away, random: () => 0.5 });
    first.enqueue(makeBatch("log", { records: 2 }));
    first.enqueue(makeBatch("metric", { signal: "metrics", records: 7 }));
    expect(await first.shutdown(50)).toEqual({ status: "spooled", pendingRecords: 9 });
    expect(first.stats()).toMatchObject({ dropped: [], memory: { batches: 0 } });

    const transport = createFakeTransport();
    const second = deliver(directory, { transport });
    await vi.waitFor(() =>
      expect(second.stats().acknowledgedRecords).toEqual({ logs: 2, metrics: 7, traces: 0 }),
    );
    expect(transport.sent.map((batch) => batch.signal).sort()).toEqual(["logs", "metrics"]);
    await second.shutdown(1_000);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("saveSync keeps all that is in memory for the next process", async () => {
    const directory = makeTemporaryFolder();
    const transport = createFakeTransport(() => new Promise(() => {}));
    const delivery = deliver(directory, { transport, clock: createFakeClock(Date.now()) });
    for (let n = 0; n < 5; n += 1) delivery.enqueue(makeBatch(`batch ${n}`));
    delivery.saveSync();
    expect(spooledFiles(directory)).toHaveLength(5);
    expect(delivery.stats().memory.batches).toBe(0);
  });

  test("a torn file is counted, set aside, and holds nothing up", async () => {
    const directory = makeTemporaryFolder();
    const first = deliver(directory, { transport: createFakeTransport(() => UNAVAILABLE) });
    for (const text of ["one", "two", "three"]) first.enqueue(makeBatch(text, { records: 4 }));
    await first.shutdown(10);
    const [, torn] = spooledFiles(directory);
    truncateSync(join(directory, torn ?? ""), 30);

    const transport = createFakeTransport();
    const second = deliver(directory, { transport });
    await vi.waitFor(() => expect(second.stats().acknowledgedRecords.logs).toBe(8));
    expect(transport.sent.map(textOf)).toEqual(["one", "three"]);
    expect(second.stats().dropped).toEqual([
      { signal: "logs", reason: "spool_corrupt", records: 4 },
    ]);
    await vi.waitFor(() => expect(readdirSync(join(directory, "corrupt"))).toHaveLength(1));
  });
});

test("a refused batch leaves a sample with the reason, without the secret", async () => {
  const directory = makeTemporaryFolder();
  const transport = createFakeTransport(() => ({
    status: "failure",
    message: 'HTTP 400 "label limit"',
  }));
  const delivery = deliver(directory, { transport });
  delivery.enqueue(makeBatch("poisonous", { records: 2 }));
  await delivery.shutdown(1_000);
  expect(delivery.stats()).toMatchObject({
    quarantinedBatches: 1,
    dropped: [{ signal: "logs", reason: "rejected", records: 2 }],
  });
  const [name] = readdirSync(join(directory, "quarantine"));
  const sample = readFileSync(join(directory, "quarantine", name ?? ""), "utf8");
  expect(sample).toContain("label limit");
  expect(sample).toContain("poisonous");
});
