/** A receiver that fails on a batch itself: 500, 501 and the like, which OTLP does not let us retry. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDelivery } from "../src/delivery.ts";
import type { DeliveryOptions } from "../src/delivery-options.ts";
import type { Transport } from "../src/seams.ts";
import { createFakeClock, type FakeClock } from "./fakes/fake-clock.ts";
import { ACCEPTED, createFakeTransport } from "./fakes/fake-transport.ts";
import { makeBatch, textOf } from "./fixtures/batches.ts";
import { respond, startReceiver } from "./fixtures/receiver.ts";
import { makeTemporaryFolder } from "./fixtures/temporary-folder.ts";

const FAULT = { status: "retryable", cause: "fault", message: "HTTP 500" } as const;

async function passWait(clock: FakeClock): Promise<number> {
  await vi.waitFor(() => expect(clock.pendingDelays()).toHaveLength(1), { interval: 2 });
  const [delayMillis = 0] = clock.pendingDelays();
  clock.advance(delayMillis);
  return delayMillis;
}

function deliver(options: Partial<DeliveryOptions> & { transport?: Transport }) {
  const delivery = createDelivery({
    endpoint: "http://127.0.0.1:1",
    random: () => 0.5,
    ...options,
  });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  return delivery;
}

describe.each([500, 501, 505, 507])("HTTP %i for one batch", (status) => {
  test("is asked about five times, then counted as rejected with a sample kept", async () => {
    const receiver = await startReceiver((response, request) =>
      request.body.toString() === "poison"
        ? response.writeHead(status).end("no such luck")
        : response.end(),
    );
    onTestFinished(() => receiver.close());
    const directory = makeTemporaryFolder();
    const delivery = deliver({
      endpoint: receiver.endpoint,
      spool: { directory },
      retry: { initialMillis: 4 },
    });
    delivery.enqueue(makeBatch("poison", { records: 4 }));
    delivery.enqueue(makeBatch("good", { records: 2 }));
    expect(await delivery.flush(15_000)).toEqual({ status: "flushed" });

    const bodies = receiver.requests.map((request) => request.body.toString());
    expect(bodies).toEqual([...Array(5).fill("poison"), "good"]);
    expect(delivery.stats()).toMatchObject({
      acknowledgedRecords: { logs: 2 },
      dropped: [{ signal: "logs", reason: "rejected", records: 4 }],
      quarantinedBatches: 1,
      failingSignals: [],
      lastError: { cause: "rejected" },
    });
    expect(delivery.stats().lastError?.text).toContain(`HTTP ${status} "no such luck", 5 times`);
    const quarantine = join(directory, "quarantine");
    await vi.waitFor(() => expect(readdirSync(quarantine)).toHaveLength(1));
    expect(readFileSync(join(quarantine, readdirSync(quarantine)[0] ?? ""), "utf8")).toMatch(
      /no such luck.*\npoison$/,
    );
  });
});

test("a receiver that recovers by the fifth attempt loses nothing", async () => {
  const clock = createFakeClock();
  const transport = createFakeTransport(() => (transport.sent.length < 5 ? FAULT : ACCEPTED));
  const delivery = deliver({ clock, transport });
  delivery.enqueue(makeBatch("x"));
  const waits = [];
  for (let n = 0; n < 4; n += 1) waits.push(await passWait(clock));
  expect(waits).toEqual([250, 500, 1_000, 2_000]);
  await vi.waitFor(() => expect(delivery.stats().acknowledgedRecords.logs).toBe(1));
  expect(delivery.stats().dropped).toEqual([]);
});

test("flushes in a row do not use the attempts up", async () => {
  const clock = createFakeClock();
  const transport = createFakeTransport(() => FAULT);
  const delivery = deliver({ clock, transport });
  delivery.enqueue(makeBatch("x"));
  await vi.waitFor(() => expect(clock.pendingDelays()).toEqual([250]));
  for (let n = 0; n < 10; n += 1) await delivery.flush(0);
  expect(transport.sent).toHaveLength(1);
  expect(delivery.stats().dropped).toEqual([]);
});

test("where every batch fails, each next one is held for longer", async () => {
  const clock = createFakeClock();
  const transport = createFakeTransport(() => FAULT);
  const delivery = deliver({ clock, transport });
  for (let n = 0; n < 3; n += 1) delivery.enqueue(makeBatch(`${n}`));
  const waits: number[] = [];
  for (let n = 0; n < 12; n += 1) waits.push(await passWait(clock));
  expect(waits.slice(0, 8)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  await vi.waitFor(() => expect(transport.sent.map(textOf).join("")).toBe("0000011111222"));
  expect(delivery.stats().dropped).toEqual([{ signal: "logs", reason: "rejected", records: 2 }]);
});

test("Retry-After beside a 500 is obeyed", async () => {
  const receiver = await startReceiver(respond(500, { "retry-after": "20" }));
  onTestFinished(() => receiver.close());
  const clock = createFakeClock();
  const delivery = deliver({ endpoint: receiver.endpoint, clock });
  delivery.enqueue(makeBatch("x"));
  await vi.waitFor(() => expect(clock.pendingDelays()).toEqual([21_000]));
});

test.each([408, 429, 502, 503, 504])("HTTP %i is never given up", async (status) => {
  const receiver = await startReceiver(respond(status));
  onTestFinished(() => receiver.close());
  const delivery = deliver({
    endpoint: receiver.endpoint,
    retry: { initialMillis: 2, maxMillis: 4 },
  });
  delivery.enqueue(makeBatch("x"));
  await vi.waitFor(() => expect(receiver.requests.length).toBeGreaterThan(20));
  receiver.answer = respond(200);
  expect(await delivery.flush(15_000)).toEqual({ status: "flushed" });
  expect(delivery.stats()).toMatchObject({ acknowledgedRecords: { logs: 1 }, dropped: [] });
});
