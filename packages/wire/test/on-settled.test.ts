import { truncateSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { BatchFate } from "../src/batch.ts";
import { createDelivery, type Delivery } from "../src/delivery.ts";
import type { DeliveryOptions } from "../src/delivery-options.ts";
import { createFakeClock } from "./fakes/fake-clock.ts";
import { ACCEPTED, createFakeTransport, UNAVAILABLE } from "./fakes/fake-transport.ts";
import { makeBatch, textOf } from "./fixtures/batches.ts";
import { makeTemporaryFolder } from "./fixtures/temporary-folder.ts";

function deliver(options: Partial<DeliveryOptions>): Delivery {
  const delivery = createDelivery({ endpoint: "http://127.0.0.1:1", ...options });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  return delivery;
}

/** Enqueues a batch and keeps every fate it is told of, so that a second one would show. */
function follow(delivery: Delivery, text: string, records = 1): BatchFate[] {
  const fates: BatchFate[] = [];
  delivery.enqueue(makeBatch(text, { records }), (fate) => fates.push(fate));
  return fates;
}

describe("the fate of a batch", () => {
  test("is acknowledged once the receiver took it, and not before", async () => {
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver({ transport, random: () => 0 });
    const fates = follow(delivery, "a");
    await vi.waitFor(() => expect(transport.sent.length).toBeGreaterThan(2));
    expect(fates).toEqual([]);
    transport.answer = () => ACCEPTED;
    await delivery.flush(10_000);
    expect(fates).toEqual([{ status: "acknowledged", rejectedRecords: 0 }]);
  });

  test("holds what the receiver said of the records it refused, never more than there were", async () => {
    const delivery = deliver({
      transport: createFakeTransport(() => ({
        status: "success",
        rejectedRecords: 99,
        message: "entry too far behind",
      })),
    });
    const fates = follow(delivery, "a", 3);
    await delivery.flush(10_000);
    expect(fates).toEqual([
      { status: "acknowledged", rejectedRecords: 3, message: "entry too far behind" },
    ]);
  });

  test("is dropped with the receiver's words where it refused the whole", async () => {
    const transport = createFakeTransport(() => ({ status: "failure", message: "HTTP 400" }));
    const delivery = deliver({ transport });
    const fates = follow(delivery, "a");
    await delivery.flush(10_000);
    expect(fates).toEqual([{ status: "dropped", reason: "rejected", message: "HTTP 400" }]);
  });

  test("is dropped where memory had no room", () => {
    const transport = createFakeTransport(() => new Promise(() => {}));
    const delivery = deliver({ transport, maxMemoryBytes: 10 });
    follow(delivery, "in flight");
    const fates = follow(delivery, "too much");
    expect(fates).toEqual([{ status: "dropped", reason: "queue_full" }]);
  });

  test("is dropped where the end came first, and after it", async () => {
    const delivery = deliver({ transport: createFakeTransport(() => new Promise(() => {})) });
    const waiting = follow(delivery, "a");
    await delivery.shutdown(0);
    const late = follow(delivery, "b");
    expect([waiting, late]).toEqual([
      [{ status: "dropped", reason: "shutdown_timeout" }],
      [{ status: "dropped", reason: "shutdown_timeout" }],
    ]);
  });

  test("is told of a batch that went over the disk too", async () => {
    const directory = makeTemporaryFolder();
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver({ transport, spool: { directory }, random: () => 0.1 });
    const fates = follow(delivery, "a");
    await vi.waitFor(() => expect(delivery.stats().spool?.batches).toBe(1));
    transport.answer = () => ACCEPTED;
    await delivery.flush(10_000);
    expect(fates).toEqual([{ status: "acknowledged", rejectedRecords: 0 }]);
  });

  test("is dropped where its file on disk was torn", async () => {
    const directory = makeTemporaryFolder();
    const transport = createFakeTransport(() => UNAVAILABLE);
    const clock = createFakeClock(Date.now());
    const delivery = deliver({ transport, spool: { directory }, clock, random: () => 0.9 });
    const fates = follow(delivery, "a torn one");
    await vi.waitFor(() => expect(delivery.stats().spool?.batches).toBe(1));
    const names = await readdir(directory, { recursive: true });
    const name = names.find((found) => found.endsWith(".batch")) ?? "";
    truncateSync(join(directory, name), 50);
    clock.advance(60_000);
    await vi.waitFor(() => expect(fates).toHaveLength(1));
    expect(fates[0]).toMatchObject({ status: "dropped", reason: "spool_corrupt" });
  });
});

test("a callback that throws or enqueues more hurts nobody", async () => {
  const transport = createFakeTransport();
  const delivery = deliver({ transport });
  delivery.enqueue(makeBatch("first"), () => {
    delivery.enqueue(makeBatch("second"));
    throw new Error("a bug of the host");
  });
  await vi.waitFor(() => expect(transport.sent.map(textOf)).toEqual(["first", "second"]));
  expect(await delivery.flush(10_000)).toEqual({ status: "flushed" });
  expect(delivery.stats()).toMatchObject({ acknowledgedRecords: { logs: 2 }, dropped: [] });
});

describe("that a batch is safe on disk", () => {
  /** In order: `spooled`, then the status of its fate. */
  function watch(delivery: Delivery, text: string): string[] {
    const told: string[] = [];
    delivery.enqueue(
      makeBatch(text),
      (fate) => told.push(fate.status),
      () => told.push("spooled"),
    );
    return told;
  }

  test("is told when its file is whole, before its fate", async () => {
    const directory = makeTemporaryFolder();
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver({ transport, spool: { directory }, random: () => 0.1 });
    const told = watch(delivery, "a");
    await vi.waitFor(() => expect(told).toEqual(["spooled"]));
    const names = await readdir(directory, { recursive: true });
    expect(names.filter((name) => name.endsWith(".batch"))).toHaveLength(1);
    transport.answer = () => ACCEPTED;
    await delivery.flush(10_000);
    expect(told).toEqual(["spooled", "acknowledged"]);
  });

  test("is not told of one that the receiver took at once", async () => {
    const directory = makeTemporaryFolder();
    const delivery = deliver({ transport: createFakeTransport(), spool: { directory } });
    const told = watch(delivery, "a");
    await delivery.shutdown(1_000);
    expect(told).toEqual(["acknowledged"]);
  });

  test("is told by saveSync and by shutdown, which have no turn of the event loop left", async () => {
    const directory = makeTemporaryFolder();
    const transport = createFakeTransport(() => new Promise(() => {}));
    const delivery = deliver({ transport, spool: { directory } });
    const first = watch(delivery, "a");
    delivery.saveSync();
    expect(first).toEqual(["spooled"]);
    const second = watch(delivery, "b");
    await delivery.shutdown(0);
    expect([first, second]).toEqual([["spooled"], ["spooled"]]);
  });

  test("is not told without a spool, nor where the disk refuses", async () => {
    const transport = createFakeTransport(() => UNAVAILABLE);
    const without = deliver({ transport });
    const blocked = deliver({ transport, spool: { directory: "/proc/no-folder" } });
    const told = [watch(without, "a"), watch(blocked, "b")];
    await vi.waitFor(() => expect(blocked.stats().spool?.isAvailable).toBe(false));
    blocked.saveSync();
    await Promise.all([without.shutdown(0), blocked.shutdown(0)]);
    expect(told).toEqual([["dropped"], ["dropped"]]);
  });

  test("may throw in the caller's hands, and nothing is lost for it", async () => {
    const directory = makeTemporaryFolder();
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver({ transport, spool: { directory }, random: () => 0.1 });
    delivery.enqueue(makeBatch("a"), undefined, () => {
      throw new Error("a bug of the host");
    });
    await vi.waitFor(() => expect(delivery.stats().spool?.batches).toBe(1));
    transport.answer = () => ACCEPTED;
    expect(await delivery.flush(10_000)).toEqual({ status: "flushed" });
    expect(delivery.stats().spool).toMatchObject({ isAvailable: true, writeFailures: 0 });
  });
});
