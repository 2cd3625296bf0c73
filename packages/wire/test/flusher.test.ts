import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDelivery, type Delivery } from "../src/delivery.ts";
import type { DeliveryOptions } from "../src/delivery-options.ts";
import type { SendOutcome } from "../src/outcome.ts";
import { createFakeClock } from "./fakes/fake-clock.ts";
import { ACCEPTED, createFakeTransport, UNAVAILABLE } from "./fakes/fake-transport.ts";
import { makeBatch } from "./fixtures/batches.ts";
import { makeTemporaryFolder } from "./fixtures/temporary-folder.ts";
import { findUnusedPort } from "./fixtures/unused-port.ts";

/** Longer than any test may take: whoever waits for it fails. */
const FOR_EVER_MILLIS = 3_600_000;
const NEVER = new Promise<SendOutcome>(() => {});

function deliver(options: Partial<DeliveryOptions> = {}): Delivery {
  const delivery = createDelivery({
    endpoint: "http://127.0.0.1:1",
    spool: { directory: makeTemporaryFolder() },
    ...options,
  });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  return delivery;
}

describe("before an end, the spool is enough", () => {
  test("as soon as the connection is refused", async () => {
    const endpoint = `http://127.0.0.1:${await findUnusedPort()}`;
    const delivery = deliver({ endpoint });
    for (let n = 0; n < 50; n += 1) delivery.enqueue(makeBatch(`log ${n}`, { records: 2 }));
    delivery.enqueue(makeBatch("span", { signal: "traces", records: 3 }));
    expect(await delivery.flushOrSpool(FOR_EVER_MILLIS)).toEqual({
      status: "spooled",
      pendingRecords: 103,
    });
    expect(delivery.stats()).toMatchObject({ memory: { batches: 0 }, spool: { records: 103 } });
  });

  test("a quarter of a second after a last attempt that is not answered", async () => {
    const clock = createFakeClock(Date.now());
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver({ clock, transport });
    delivery.enqueue(makeBatch("x"));
    await vi.waitFor(() => expect(delivery.stats().spool?.batches).toBe(1));
    transport.answer = () => NEVER;
    const onEnd = vi.fn();
    const flushed = delivery.flushOrSpool(FOR_EVER_MILLIS).finally(onEnd);
    await vi.waitFor(() => expect(transport.sent).toHaveLength(2));
    clock.advance(249);
    await new Promise(setImmediate);
    expect(onEnd).not.toHaveBeenCalled();
    clock.advance(1);
    expect(await flushed).toEqual({ status: "spooled", pendingRecords: 1 });
  });

  test("and shutdown says so too", async () => {
    const delivery = deliver({ transport: createFakeTransport(() => UNAVAILABLE) });
    delivery.enqueue(makeBatch("x"));
    const result = await delivery.shutdown(FOR_EVER_MILLIS);
    expect(result).toEqual({ status: "spooled", pendingRecords: 1 });
  });
});

describe("before an end, the spool is not enough", () => {
  test("when the receiver is back for the last attempt", async () => {
    const clock = createFakeClock(Date.now());
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver({ clock, transport });
    for (let n = 0; n < 5; n += 1) delivery.enqueue(makeBatch(`log ${n}`));
    await vi.waitFor(() => expect(delivery.stats().spool?.batches).toBe(5));
    transport.answer = () => ACCEPTED;
    expect(await delivery.flushOrSpool(FOR_EVER_MILLIS)).toEqual({ status: "flushed" });
  });

  test("for a signal whose receiver works, only slowly", async () => {
    let acknowledge = () => {};
    const slow = new Promise<SendOutcome>((resolve) => {
      acknowledge = () => resolve(ACCEPTED);
    });
    const clock = createFakeClock(Date.now());
    const transport = createFakeTransport(({ signal }) =>
      signal === "traces" ? slow : UNAVAILABLE,
    );
    const delivery = deliver({ clock, transport });
    delivery.enqueue(makeBatch("log"));
    delivery.enqueue(makeBatch("span", { signal: "traces" }));
    const onEnd = vi.fn();
    const flushed = delivery.flushOrSpool(FOR_EVER_MILLIS).finally(onEnd);
    clock.advance(1_000);
    await vi.waitFor(() => expect(delivery.stats().memory.batches).toBe(0));
    expect(onEnd).not.toHaveBeenCalled();
    acknowledge();
    expect(await flushed).toEqual({ status: "spooled", pendingRecords: 1 });
    expect(delivery.stats().acknowledgedRecords.traces).toBe(1);
  });

  test("when the disk cannot be written", async () => {
    const clock = createFakeClock(Date.now());
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver({ clock, transport, spool: { directory: "/dev/null/nowhere" } });
    delivery.enqueue(makeBatch("x"));
    const flushed = delivery.flushOrSpool(2_000);
    await vi.waitFor(() => expect(delivery.stats().spool?.writeFailures).toBe(1));
    clock.advance(2_000);
    expect(await flushed).toEqual({ status: "timeout", pendingRecords: 1 });
  });

  test("for a flush, which waits for the receiver", async () => {
    const clock = createFakeClock(Date.now());
    const delivery = deliver({ clock, transport: createFakeTransport(() => UNAVAILABLE) });
    delivery.enqueue(makeBatch("x"));
    await vi.waitFor(() => expect(delivery.stats().spool?.batches).toBe(1));
    const flushed = delivery.flush(2_000);
    clock.advance(2_000);
    expect(await flushed).toEqual({ status: "timeout", pendingRecords: 1 });
  });

  test("where there is none", async () => {
    const clock = createFakeClock(Date.now());
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver({ clock, transport, spool: undefined });
    delivery.enqueue(makeBatch("x"));
    const flushed = delivery.flushOrSpool(2_000);
    clock.advance(2_000);
    expect(await flushed).toEqual({ status: "timeout", pendingRecords: 1 });
  });
});
