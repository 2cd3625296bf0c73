import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createDelivery, type Delivery } from "../src/delivery.ts";
import type { DeliveryOptions } from "../src/delivery-options.ts";
import { createFakeClock, type FakeClock } from "./fakes/fake-clock.ts";
import { ACCEPTED, createFakeTransport, UNAVAILABLE } from "./fakes/fake-transport.ts";
import { makeBatch, textOf } from "./fixtures/batches.ts";
import { type Answer, type Receiver, respond, startReceiver } from "./fixtures/receiver.ts";

const HALF = () => 0.5;
const SOON = { interval: 2 };

function deliver(options: Partial<DeliveryOptions>): Delivery {
  const delivery = createDelivery({ endpoint: "http://127.0.0.1:1", ...options });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  return delivery;
}

interface Rig {
  readonly receiver: Receiver;
  readonly clock: FakeClock;
  readonly delivery: Delivery;
}

async function rig(answer: Answer, options: Partial<DeliveryOptions> = {}): Promise<Rig> {
  const receiver = await startReceiver(answer);
  onTestFinished(() => receiver.close());
  const clock = createFakeClock();
  const delivery = deliver({ endpoint: receiver.endpoint, clock, random: HALF, ...options });
  return { receiver, clock, delivery };
}

const bodiesOf = (receiver: Receiver) => receiver.requests.map((r) => r.body.toString());

describe("a healthy receiver", () => {
  test("acknowledges records per signal, in order", async () => {
    const { receiver, clock, delivery } = await rig(respond(200));
    for (const text of ["a", "b", "c"]) delivery.enqueue(makeBatch(text, { records: 2 }));
    delivery.enqueue(makeBatch("m", { signal: "metrics", records: 5 }));
    expect(await delivery.flush(60_000)).toEqual({ status: "flushed" });
    expect(bodiesOf(receiver).filter((body) => body !== "m")).toEqual(["a", "b", "c"]);
    expect(delivery.stats()).toMatchObject({
      acknowledgedRecords: { logs: 6, metrics: 5, traces: 0 },
      dropped: [],
      memory: { bytes: 0, records: 0, batches: 0 },
      lastError: undefined,
      lastAcknowledgedUnixMillis: clock.now(),
      failingSignals: [],
      spool: undefined,
    });
  });

  test("gets one request per signal at a time, however many wait", async () => {
    let inFlight = 0;
    let most = 0;
    const { delivery } = await rig((response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setImmediate(() => {
        inFlight -= 1;
        response.end();
      });
    });
    for (let n = 0; n < 20; n += 1) delivery.enqueue(makeBatch("x"));
    await delivery.flush(60_000);
    expect(most).toBe(1);
    expect(delivery.stats().acknowledgedRecords.logs).toBe(20);
  });

  test("that refuses some records has them counted, and the rest acknowledged", async () => {
    const body = JSON.stringify({
      partialSuccess: { rejectedLogRecords: "3", errorMessage: "entry too far behind" },
    });
    const { delivery } = await rig(respond(200, { "content-type": "application/json" }, body));
    delivery.enqueue(makeBatch("x", { records: 10 }));
    await delivery.flush(60_000);
    const stats = delivery.stats();
    expect(stats.acknowledgedRecords.logs).toBe(7);
    expect(stats.dropped).toEqual([{ signal: "logs", reason: "partially_rejected", records: 3 }]);
    expect(stats.lastError?.text).toContain("entry too far behind");
  });

  test("that answers 200 with a web page has taken nothing, and is named", async () => {
    const { delivery } = await rig(respond(200, { "content-type": "text/html" }, "<html>"));
    delivery.enqueue(makeBatch("x"));
    await vi.waitFor(() => expect(delivery.stats().failingSignals).toEqual(["logs"]));
    const { memory, dropped, lastError } = delivery.stats();
    expect(memory.records).toBe(1);
    expect(dropped).toEqual([]);
    expect(lastError).toMatchObject({ cause: "endpoint" });
    expect(lastError?.text).toContain("got a web page");
  });

  test("that answers 200 with something else is shown as such", async () => {
    const { delivery } = await rig(respond(200, { "content-type": "text/plain" }, "ok"));
    delivery.enqueue(makeBatch("x"));
    await delivery.flush(60_000);
    expect(delivery.stats()).toMatchObject({
      unreadableResponses: 1,
      lastError: { cause: "unreadable" },
    });
  });
});

describe("a receiver in trouble", () => {
  test.each([408, 429, 500, 502, 503, 504])(
    "is asked again after %i, with the same bytes",
    async (status) => {
      const { receiver, clock, delivery } = await rig(respond(status));
      delivery.enqueue(makeBatch("same bytes"));
      await vi.waitFor(() => expect(clock.pendingDelays()).toEqual([250]));
      receiver.answer = respond(200);
      clock.advance(249);
      expect(receiver.requests).toHaveLength(1);
      clock.advance(1);
      await delivery.flush(60_000);
      expect(bodiesOf(receiver)).toEqual(["same bytes", "same bytes"]);
      expect(delivery.stats()).toMatchObject({ acknowledgedRecords: { logs: 1 }, dropped: [] });
    },
  );

  test("is left alone for as long as Retry-After says, a flush notwithstanding", async () => {
    const { receiver, clock, delivery } = await rig(respond(429, { "retry-after": "20" }));
    delivery.enqueue(makeBatch("x"));
    await vi.waitFor(() => expect(clock.pendingDelays()).toEqual([21_000]));
    const flushed = delivery.flush(5_000);
    clock.advance(5_000);
    expect(await flushed).toEqual({ status: "timeout", pendingRecords: 1 });
    // The wait goes on; a request under way would have its timeout planned instead.
    expect(clock.pendingDelays()).toEqual([16_000]);
    expect(receiver.requests).toHaveLength(1);
    receiver.answer = respond(200);
    clock.advance(16_000);
    expect(await delivery.flush(60_000)).toEqual({ status: "flushed" });
  });

  test("is asked ever more seldom, and never given up", async () => {
    const clock = createFakeClock();
    const transport = createFakeTransport(() => UNAVAILABLE);
    const delivery = deliver({ clock, transport, random: HALF });
    delivery.enqueue(makeBatch("x"));
    const delays: number[] = [];
    for (let n = 1; n <= 40; n += 1) {
      await vi.waitFor(() => expect(transport.sent).toHaveLength(n), SOON);
      await vi.waitFor(() => expect(clock.pendingDelays()).toHaveLength(1), SOON);
      delays.push(...clock.pendingDelays());
      clock.advance(delays.at(-1) ?? 0);
    }
    expect(delays.slice(0, 8)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    transport.answer = () => ACCEPTED;
    await vi.waitFor(() => expect(transport.sent).toHaveLength(41));
    clock.advance(15_000);
    expect(await delivery.flush(60_000)).toEqual({ status: "flushed" });
  });

  test("does not hold up the other signals", async () => {
    const { receiver, delivery } = await rig((response, request) =>
      response.writeHead(request.path === "/v1/logs" ? 503 : 200).end(),
    );
    delivery.enqueue(makeBatch("log"));
    delivery.enqueue(makeBatch("metric", { signal: "metrics" }));
    delivery.enqueue(makeBatch("span", { signal: "traces" }));
    await vi.waitFor(() =>
      expect(delivery.stats()).toMatchObject({
        acknowledgedRecords: { logs: 0, metrics: 1, traces: 1 },
        failingSignals: ["logs"],
      }),
    );
    expect(receiver.requests.length).toBeGreaterThanOrEqual(3);
  });

  test("that never answers does not hold a flush longer than its timeout", async () => {
    const received = vi.fn();
    const { clock, delivery } = await rig(received);
    delivery.enqueue(makeBatch("x", { records: 3 }));
    await vi.waitFor(() => expect(received).toHaveBeenCalled());
    const flushed = delivery.flush(2_000);
    clock.advance(2_000);
    expect(await flushed).toEqual({ status: "timeout", pendingRecords: 3 });
    clock.advance(8_000);
    await vi.waitFor(() =>
      expect(delivery.stats().lastError?.text).toContain("no answer within 10000 ms"),
    );
  });

  test.each([401, 403])(
    "that answers %i is asked slowly and shown as not authorised",
    async (status) => {
      const secret = "Bearer my-secret-token";
      const { receiver, clock, delivery } = await rig(
        (response, request) => response.writeHead(status).end(request.headers.authorization),
        { headers: { authorization: secret } },
      );
      delivery.enqueue(makeBatch("x"));
      await vi.waitFor(() => expect(clock.pendingDelays()).toEqual([63_000]));
      expect(delivery.stats().lastError).toMatchObject({ cause: "credentials" });
      expect(delivery.stats().lastError?.text).toContain("not authorised");
      expect(JSON.stringify(delivery.stats())).not.toContain("my-secret-token");
      receiver.answer = respond(200);
      clock.advance(63_000);
      expect(await delivery.flush(60_000)).toEqual({ status: "flushed" });
    },
  );

  test.each([400, 404, 413, 422])(
    "that refuses with %i gets the next batch at once",
    async (status) => {
      const { receiver, delivery } = await rig((response, request) =>
        request.body.toString() === "poison"
          ? response.writeHead(status).end("bad field")
          : response.end(),
      );
      delivery.enqueue(makeBatch("poison", { records: 4 }));
      delivery.enqueue(makeBatch("good"));
      expect(await delivery.flush(60_000)).toEqual({ status: "flushed" });
      expect(bodiesOf(receiver)).toEqual(["poison", "good"]);
      const stats = delivery.stats();
      expect(stats.dropped).toEqual([{ signal: "logs", reason: "rejected", records: 4 }]);
      expect(stats.acknowledgedRecords.logs).toBe(1);
      expect(stats.lastError?.text).toContain(`HTTP ${status} "bad field"`);
    },
  );
});

describe("the queue in memory", () => {
  test("drops the oldest of the lowest severity when full, and counts each", async () => {
    const clock = createFakeClock();
    const transport = createFakeTransport(() => UNAVAILABLE);
    const drops: string[] = [];
    const delivery = deliver({
      clock,
      transport,
      maxMemoryBytes: 50,
      onDrop: ({ reason, records }) => drops.push(`${records} ${reason}`),
    });
    delivery.enqueue(makeBatch("head------"));
    await vi.waitFor(() => expect(clock.pendingDelays()).toHaveLength(1));
    for (let n = 0; n < 10; n += 1) {
      const severityNumber = n % 2 === 0 ? 17 : 5;
      delivery.enqueue(makeBatch(`batch-${n}---`, { severityNumber, records: n + 1 }));
      expect(delivery.stats().memory.bytes).toBeLessThanOrEqual(50);
    }
    transport.answer = () => ACCEPTED;
    transport.sent.length = 0;
    await delivery.flush(60_000);
    expect(transport.sent.map(textOf)).toEqual([
      "batch-0---",
      "batch-2---",
      "batch-4---",
      "batch-6---",
      "batch-8---",
    ]);
    expect(drops).toEqual(expect.arrayContaining(["2 queue_full", "10 queue_full"]));
    const stats = delivery.stats();
    const lost = stats.dropped.reduce((sum, drop) => sum + drop.records, 0);
    expect(lost + stats.acknowledgedRecords.logs).toBe(56);
  });

  test("never drops what is being sent", async () => {
    let release = () => {};
    const transport = createFakeTransport(
      () => new Promise((resolve) => (release = () => resolve(ACCEPTED))),
    );
    const delivery = deliver({ transport, maxMemoryBytes: 10 });
    delivery.enqueue(makeBatch("in flight!", { severityNumber: 1 }));
    await vi.waitFor(() => expect(transport.sent).toHaveLength(1));
    delivery.enqueue(makeBatch("error here", { severityNumber: 17 }));
    release();
    await delivery.flush(60_000);
    expect(delivery.stats()).toMatchObject({
      acknowledgedRecords: { logs: 1 },
      dropped: [{ reason: "queue_full", records: 1 }],
    });
  });
});

describe("ending", () => {
  test("flushes, counts what is left as shutdown_timeout, and takes nothing more", async () => {
    const clock = createFakeClock();
    const delivery = deliver({ clock, transport: createFakeTransport(() => UNAVAILABLE) });
    delivery.enqueue(makeBatch("x", { records: 3 }));
    const ended = delivery.shutdown(1_000);
    expect(delivery.shutdown(99)).toBe(ended);
    delivery.enqueue(makeBatch("late", { records: 2 }));
    clock.advance(1_000);
    expect(await ended).toEqual({ status: "timeout", pendingRecords: 3 });
    expect(delivery.stats().dropped).toEqual([
      { signal: "logs", reason: "shutdown_timeout", records: 5 },
    ]);
  });

  test("counts a record once, even if its acknowledgement comes after the end", async () => {
    let acknowledge = () => {};
    const answered = new Promise<void>((resolve) => {
      acknowledge = resolve;
    });
    const transport = createFakeTransport(async () => {
      await answered;
      return ACCEPTED;
    });
    const clock = createFakeClock();
    const delivery = deliver({ clock, transport });
    delivery.enqueue(makeBatch("x", { records: 3 }));
    await vi.waitFor(() => expect(transport.sent).toHaveLength(1));
    const ended = delivery.shutdown(1_000);
    clock.advance(1_000);
    await ended;
    acknowledge();
    await new Promise(setImmediate);
    expect(delivery.stats()).toMatchObject({
      acknowledgedRecords: { logs: 0 },
      dropped: [{ reason: "shutdown_timeout", records: 3 }],
    });
  });

  test("answers at once when there is nothing to do", async () => {
    const delivery = deliver({ transport: createFakeTransport() });
    expect(await delivery.flush(0)).toEqual({ status: "flushed" });
    expect(await delivery.shutdown(0)).toEqual({ status: "flushed" });
  });
});

describe("the host is safe from us", () => {
  test("a callback that throws and a transport that throws stop nothing", async () => {
    const clock = createFakeClock();
    const transport = createFakeTransport(() => {
      throw new Error("secret inside");
    });
    const onAcknowledged = vi.fn(() => {
      throw new Error("host bug");
    });
    const delivery = deliver({ clock, transport, onAcknowledged });
    delivery.enqueue(makeBatch("x"));
    await vi.waitFor(() => expect(clock.pendingDelays()).toHaveLength(1));
    expect(delivery.stats().lastError?.text).toBe("the transport threw");
    transport.answer = () => ACCEPTED;
    expect(await delivery.flush(60_000)).toEqual({ status: "flushed" });
    expect(onAcknowledged).toHaveBeenCalledWith({ signal: "logs", records: 1 });
  });

  test("wrong options are named all at once, without header values", () => {
    const make = () =>
      createDelivery({
        endpoint: "localhost:4318",
        endpoints: { logs: "ftp://user:hunter2@host" },
        headers: { "bad name": "x", authorization: "secret\nvalue" },
        timeoutMillis: 0,
        maxMemoryBytes: Number.NaN,
        spool: { directory: "x", maxBytes: -1 },
      });
    expect(make).toThrow(RangeError);
    try {
      make();
    } catch (error) {
      const text = String(error);
      for (const part of [
        'endpoint "localhost:4318": expected an http or https address',
        'header "bad name"',
        'header "authorization"',
        'timeoutMillis: expected a number above 0, got "0"',
        'maxMemoryBytes: expected a number above 0, got "NaN"',
        'spool.maxBytes: expected a number above 0, got "-1"',
      ]) {
        expect(text).toContain(part);
      }
      expect(text).not.toMatch(/hunter2|secret/);
    }
  });
});
