/** Ten minutes at 200 lines a second with nobody who takes them, in the time of an injected clock. */
import { expect, onTestFinished, test } from "vitest";
import { createDelivery, type Delivery } from "../../src/delivery.ts";
import { createLineSink, type LineSink } from "../../src/lines/line-sink.ts";
import type { SendOutcome } from "../../src/outcome.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake-clock.ts";
import { createFakeJournal, type FakeJournal } from "../fakes/fake-journal.ts";
import {
  ACCEPTED,
  createFakeTransport,
  type FakeTransport,
  UNAVAILABLE,
} from "../fakes/fake-transport.ts";
import { readLogLines } from "../fixtures/read-otlp.ts";
import { makeTemporaryFolder } from "../fixtures/temporary-folder.ts";

const OUTAGE_SECONDS = 600;
const LINES_PER_SECOND = 200;
const TOTAL = OUTAGE_SECONDS * LINES_PER_SECOND;
const MAX_MEMORY_BYTES = 1024 * 1024;
/** The queue of single lines comes on top of the delivery's memory. */
const MAX_QUEUED_BYTES = 1024 * 1024;
const MAX_SPOOL_BYTES = 128 * 1024 * 1024;

interface Rig {
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly delivery: Delivery;
  readonly journal: FakeJournal;
  readonly sink: LineSink;
}

function rig(): Rig {
  const clock = createFakeClock(Date.now());
  const transport = createFakeTransport();
  const journal = createFakeJournal();
  const delivery = createDelivery({
    endpoint: "http://127.0.0.1:1",
    clock,
    transport,
    random: () => 0.5,
    maxMemoryBytes: MAX_MEMORY_BYTES,
    spool: { directory: makeTemporaryFolder(), maxBytes: MAX_SPOOL_BYTES },
  });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  const sink = createLineSink({
    delivery,
    clock,
    journal,
    resource: { "service.name": "shop" },
    scope: { name: "test", version: "1" },
    maxQueuedBytes: MAX_QUEUED_BYTES,
  });
  return { clock, transport, delivery, journal, sink };
}

/** Logs through the whole outage and answers the largest amount of memory seen. */
async function logThrough({ clock, delivery, sink }: Rig): Promise<number> {
  let peakBytes = 0;
  for (let second = 0; second < OUTAGE_SECONDS; second += 1) {
    for (let n = 0; n < LINES_PER_SECOND; n += 1) {
      sink.emit({
        timeUnixMillis: clock.now(),
        severityNumber: 9,
        severityText: "info",
        body: `line ${second * LINES_PER_SECOND + n}`,
        attributes: { kind: "log", route: "/orders", durationMs: 12.5 },
      });
    }
    clock.advance(1_000);
    peakBytes = Math.max(peakBytes, delivery.stats().memory.bytes + sink.queuedBytes());
    // The disk is a real one, and its time is not that of the clock.
    do await new Promise(setImmediate);
    while (delivery.stats().memory.batches > 1);
  }
  return peakBytes;
}

const linesOf = (transport: FakeTransport): string[] =>
  transport.sent.flatMap(({ body }) => readLogLines(body));

/** Who does not take the lines, and how. */
const AWAY: [how: string, answer: (clock: FakeClock) => SendOutcome | Promise<SendOutcome>][] = [
  ["answers 503", () => UNAVAILABLE],
  [
    "answers 429 and asks for time",
    () => ({ status: "retryable", cause: "unavailable", message: "429", retryAfterMillis: 30_000 }),
  ],
  [
    "never answers",
    // What the HTTP transport makes of silence when its time is up.
    (clock) =>
      new Promise((resolve) => {
        clock.after(10_000, () => resolve({ ...UNAVAILABLE, message: "no answer" }));
      }),
  ],
  [
    "throws, as no transport should",
    () => {
      throw new Error("a bug");
    },
  ],
];

test.each(AWAY)(
  "a receiver that %s costs no line, and each is acknowledged once",
  async (_, answer) => {
    const whole = rig();
    const { clock, transport, delivery, journal, sink } = whole;
    transport.answer = () => answer(clock);
    const peakBytes = await logThrough(whole);
    expect(peakBytes).toBeLessThan(MAX_MEMORY_BYTES + MAX_QUEUED_BYTES);
    expect(delivery.stats().dropped).toEqual([]);
    expect(delivery.stats().acknowledgedRecords.logs).toBe(0);
    expect(delivery.stats().spool?.bytes).toBeLessThan(MAX_SPOOL_BYTES);

    transport.answer = () => ACCEPTED;
    transport.sent.length = 0;
    sink.handOver();
    // What was sent in vain last, and what the receiver asked to wait for, takes its time first.
    clock.advance(60_000);
    expect(await delivery.flush(600_000)).toEqual({ status: "flushed" });

    expect(delivery.stats()).toMatchObject({ acknowledgedRecords: { logs: TOTAL }, dropped: [] });
    expect(linesOf(transport)).toEqual(Array.from({ length: TOTAL }, (_line, n) => `line ${n}`));
    expect(journal.kept.size).toBe(TOTAL);
    expect(new Set(journal.settled).size).toBe(TOTAL);
  },
  120_000,
);

test("a receiver that refuses all for ten minutes is counted to the line, and holds nothing up", async () => {
  const whole = rig();
  const { transport, delivery, journal, sink } = whole;
  transport.answer = () => ({ status: "failure", message: "HTTP 400" });
  await logThrough(whole);
  sink.handOver();
  await delivery.flush(600_000);
  expect(delivery.stats().dropped).toEqual([
    { signal: "logs", reason: "rejected", records: TOTAL },
  ]);
  expect(delivery.stats().memory.batches).toBe(0);
  expect(delivery.stats().spool?.batches).toBe(0);
  expect(new Set(journal.settled).size).toBe(TOTAL);
}, 120_000);
