import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDelivery, systemClock } from "@sightline/wire";
import { describe, expect, test, vi } from "vitest";
import { createAccounts } from "../../src/accounts/accounts.ts";
import { openShipper } from "../../src/ship/open-shipper.ts";
import { answer, startCollector } from "./support/collector.ts";
import { decodeLogs } from "./support/decode-logs.ts";
import { type NumberedSource, SOURCES } from "./support/numbered-lines.ts";
import {
  batchFiles,
  closeRig,
  filesIn,
  makeFolder,
  openRig,
  type Rig,
  SOURCE,
  shipment,
} from "./support/rig.ts";

const AWAY = answer(503);
const OTHER = SOURCES[2] as NumberedSource;

const numbersOf = (logs: readonly { attributes: Readonly<Record<string, unknown>> }[]) =>
  logs.map((log) => log.attributes["number"]);

async function untilSettled({ shipper }: Rig): Promise<void> {
  await vi.waitFor(() => {
    expect(shipper.stats()).toMatchObject({ waitingRecords: 0, journalBytes: 0 });
  });
}

describe("what is shipped", () => {
  test("arrives in order, is acknowledged on its account, and leaves the journal", async () => {
    const directory = makeFolder();
    const collector = await startCollector();
    const rig = await openRig(directory, collector.endpoint);
    rig.shipper.ship(shipment(1, 3));
    rig.shipper.ship(shipment(4, 5));
    await untilSettled(rig);
    expect(numbersOf(collector.logs())).toEqual([1, 2, 3, 4, 5]);
    expect(collector.bodies).toHaveLength(1);
    expect(rig.accounts.list()).toMatchObject([
      { life: SOURCE.life, service: "api", readLines: 5, sentLines: 5, acknowledgedLines: 5 },
    ]);
    expect(batchFiles(directory)).toEqual([]);
    expect(rig.shipper.stats()).toMatchObject({
      lastAcknowledgedUnixMillis: expect.any(Number),
      lastError: undefined,
    });
    expect(rig.said).toEqual([]);
  });

  test("goes at once when it is much", async () => {
    const collector = await startCollector();
    const rig = await openRig(makeFolder(), collector.endpoint, {
      batchMillis: 3_600_000,
      batchBytes: 1_000,
    });
    rig.shipper.ship(shipment(1, 20));
    await untilSettled(rig);
    expect(numbersOf(collector.logs())).toHaveLength(20);
  });

  test("by the agent itself is no line of any life", async () => {
    const collector = await startCollector();
    const rig = await openRig(makeFolder(), collector.endpoint);
    const { identity, entries } = shipment(1, 1);
    const crash = entries.map((entry) => ({ ...entry, lines: 0 }));
    rig.shipper.ship({ identity, entries: crash });
    await untilSettled(rig);
    expect(collector.logs()).toHaveLength(1);
    expect(rig.accounts.list()).toEqual([]);
  });

  test("and left out of all entries moves the position and is counted", async () => {
    const directory = makeFolder();
    const collector = await startCollector();
    const rig = await openRig(directory, collector.endpoint);
    const read = { source: SOURCE.name, position: 9, life: SOURCE.life };
    const dropped = { rate_limited: 9 };
    rig.shipper.ship({
      identity: SOURCE.identity,
      entries: [],
      read: { ...read, dropped, unknownGaps: 1 },
    });
    await rig.shipper.flush();
    expect(rig.shipper.positionOf(SOURCE.name)).toBe(9);
    await untilSettled(rig);
    await closeRig(rig);
    const next = await openRig(directory, collector.endpoint);
    expect(next.shipper.positionOf(SOURCE.name)).toBe(9);
    expect(next.accounts.list()).toMatchObject([
      { readLines: 9, droppedLines: dropped, unknownGaps: 1 },
    ]);
    expect(collector.bodies).toEqual([]);
  });

  test("is a position only once it is on disk", async () => {
    const collector = await startCollector();
    const rig = await openRig(makeFolder(), collector.endpoint);
    rig.shipper.ship(shipment(1, 3));
    expect(rig.shipper.positionOf(SOURCE.name)).toBeUndefined();
    await rig.shipper.flush();
    expect(rig.shipper.positionOf(SOURCE.name)).toBe(3);
    expect(rig.shipper.positionOf("docker:unknown:stdout")).toBeUndefined();
  });

  test("is kept from others' eyes", async () => {
    const directory = join(makeFolder(), "below", "journal");
    const collector = await startCollector(AWAY);
    const rig = await openRig(directory, collector.endpoint);
    rig.shipper.ship(shipment(1, 3));
    await rig.shipper.flush();
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    expect(modeOf(directory)).toBe(0o700);
    const [name = ""] = batchFiles(directory);
    expect(modeOf(join(directory, name))).toBe(0o600);
    expect(modeOf(join(directory, "checkpoint.json"))).toBe(0o600);
  });
});

describe("a collector that is away", () => {
  test("gets all of it later, in order, from the disk, and the reason is shown meanwhile", async () => {
    const directory = makeFolder();
    const collector = await startCollector(AWAY);
    const rig = await openRig(directory, collector.endpoint);
    for (let n = 0; n < 30; n += 1) {
      rig.shipper.ship(shipment(n * 10 + 1, n * 10 + 10));
      await rig.shipper.flush();
    }
    await vi.waitFor(() => expect(rig.shipper.stats().lastError).toContain("503"));
    expect(rig.shipper.stats()).toMatchObject({ waitingRecords: 300, journalBytes: 30 * 4_096 });
    // Bodies beyond the window are on disk alone.
    expect(rig.delivery.stats().memory.batches).toBeLessThanOrEqual(4);
    collector.behaviour = (response) => {
      response.writeHead(200).end();
      return "received";
    };
    await untilSettled(rig);
    expect(numbersOf(collector.logs())).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
    expect(rig.shipper.stats().lastError).toBeUndefined();
  });

  test("gets the same bytes from the next process, and what was acknowledged not again", async () => {
    const directory = makeFolder();
    const collector = await startCollector();
    const first = await openRig(directory, collector.endpoint);
    first.shipper.ship(shipment(1, 5));
    await untilSettled(first);
    const tried: string[] = [];
    collector.behaviour = (response, body) => {
      tried.push(Buffer.from(body).toString("hex"));
      response.writeHead(503).end();
      return "refused";
    };
    first.shipper.ship(shipment(6, 9));
    await first.shipper.flush();
    first.shipper.ship(shipment(10, 12, OTHER));
    await first.shipper.flush();
    await vi.waitFor(() => expect(tried.length).toBeGreaterThan(0));
    await closeRig(first);

    const next = await startCollector();
    const second = await openRig(directory, next.endpoint);
    expect(second.shipper.positionOf(SOURCE.name)).toBe(9);
    expect(second.shipper.positionOf(OTHER.name)).toBe(12);
    await untilSettled(second);
    expect(numbersOf(next.logs())).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(Buffer.from(next.bodies[0] ?? []).toString("hex")).toBe(tried[0]);
    expect(second.accounts.list()).toMatchObject([
      { life: SOURCE.life, readLines: 9, sentLines: 9, acknowledgedLines: 9 },
      { life: OTHER.life, readLines: 3, sentLines: 3, acknowledgedLines: 3 },
    ]);
  });

  test("does not hold a shutdown for long", async () => {
    const collector = await startCollector(AWAY);
    const rig = await openRig(makeFolder(), collector.endpoint);
    rig.shipper.ship(shipment(1, 3));
    await vi.waitFor(() => expect(rig.shipper.stats().lastError).toBeDefined());
    // A day: the test's own limit would end it.
    await rig.shipper.shutdown(86_400_000);
    expect(rig.shipper.stats().waitingRecords).toBe(3);
  });
});

test("a shutdown waits for a collector that answers", async () => {
  const directory = makeFolder();
  const collector = await startCollector((response) => {
    setTimeout(() => response.writeHead(200).end(), 100);
    return "received";
  });
  const rig = await openRig(directory, collector.endpoint, { batchMillis: 3_600_000 });
  rig.shipper.ship(shipment(1, 3));
  await rig.shipper.shutdown(10_000);
  expect(rig.accounts.list()).toMatchObject([{ acknowledgedLines: 3 }]);
  expect(batchFiles(directory)).toEqual([]);
  rig.shipper.ship(shipment(4, 5));
  await rig.shipper.flush();
  expect(rig.accounts.list()).toMatchObject([{ readLines: 3 }]);
});

describe("a collector that refuses", () => {
  test("a batch for good has it counted, kept in quarantine with its words, and is not asked again", async () => {
    const directory = makeFolder();
    const collector = await startCollector(answer(400, "entry has no timestamp"));
    const rig = await openRig(directory, collector.endpoint);
    rig.shipper.ship(shipment(1, 3));
    await untilSettled(rig);
    expect(rig.shipper.stats()).toMatchObject({ refusedBatches: 1 });
    expect(rig.accounts.list()).toMatchObject([{ readLines: 3, droppedLines: { rejected: 3 } }]);
    const [batch = "", words = ""] = filesIn(directory, "quarantine");
    expect(readFileSync(join(directory, "quarantine", words), "utf8")).toContain(
      "entry has no timestamp",
    );
    const sample = readFileSync(join(directory, "quarantine", batch));
    expect(decodeLogs(sample.subarray(sample.indexOf("\n") + 1))).toHaveLength(3);
    expect(rig.said).toEqual([expect.stringContaining("entry has no timestamp")]);
    await closeRig(rig);
    const next = await openRig(directory, collector.endpoint);
    expect(next.shipper.positionOf(SOURCE.name)).toBe(3);
    expect(next.accounts.list()).toMatchObject([{ readLines: 3, droppedLines: { rejected: 3 } }]);
  });

  test("many batches leaves the newest twenty in quarantine", async () => {
    const directory = makeFolder();
    const collector = await startCollector(answer(413));
    const rig = await openRig(directory, collector.endpoint);
    for (let n = 1; n <= 25; n += 1) {
      rig.shipper.ship(shipment(n, n));
      await rig.shipper.flush();
    }
    await untilSettled(rig);
    const batches = filesIn(directory, "quarantine").filter((name) => name.endsWith(".batch"));
    expect(batches).toHaveLength(20);
    expect(batches[0]).toBe("000000000006.batch");
  });

  test("some records has that many counted, laid on the lives that were in the batch", async () => {
    const text = JSON.stringify({
      partialSuccess: { rejectedLogRecords: "4", errorMessage: "too far behind" },
    });
    const collector = await startCollector((response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(text);
      return "received";
    });
    const rig = await openRig(makeFolder(), collector.endpoint);
    rig.shipper.ship(shipment(1, 15));
    rig.shipper.ship(shipment(1, 5, OTHER));
    await untilSettled(rig);
    expect(rig.accounts.list()).toMatchObject([
      { acknowledgedLines: 12, droppedLines: { partially_rejected: 3 } },
      { acknowledgedLines: 4, droppedLines: { partially_rejected: 1 } },
    ]);
  });
});

describe("room", () => {
  test("ends for most at three quarters of the journal, for the dying when it is full", async () => {
    const collector = await startCollector(AWAY);
    const rig = await openRig(makeFolder(), collector.endpoint, { maxBytes: 10 * 4_096 });
    const shipOne = async (number: number): Promise<void> => {
      rig.shipper.ship(shipment(number, number));
      await rig.shipper.flush();
    };
    for (let n = 1; n <= 7; n += 1) await shipOne(n);
    expect(rig.shipper.room(false)).toBeUndefined();
    await shipOne(8);
    const patient = rig.shipper.room(false);
    expect(patient).toBeInstanceOf(Promise);
    expect(rig.shipper.room(true)).toBeUndefined();
    for (let n = 9; n <= 11; n += 1) await shipOne(n);
    const urgent = rig.shipper.room(true);
    expect(urgent).toBeInstanceOf(Promise);
    collector.behaviour = (response) => {
      response.writeHead(200).end();
      return "received";
    };
    await Promise.all([patient, urgent]);
    expect(rig.shipper.room(false)).toBeUndefined();
  });

  test("ends where lines come faster than they are written, and comes back", async () => {
    const collector = await startCollector();
    const rig = await openRig(makeFolder(), collector.endpoint);
    const entries = shipment(1, 1).entries.map((entry) => ({
      ...entry,
      body: "x".repeat(200_000),
    }));
    const big = { ...shipment(1, 1), entries };
    for (let n = 0; n < 60; n += 1) rig.shipper.ship(big);
    const room = rig.shipper.room(false);
    expect(room).toBeInstanceOf(Promise);
    await room;
    await untilSettled(rig);
    expect(collector.logs()).toHaveLength(60);
  });

  test("is there for all who wait when it ends", async () => {
    const collector = await startCollector(AWAY);
    const rig = await openRig(makeFolder(), collector.endpoint, { maxBytes: 1 });
    rig.shipper.ship(shipment(1, 1));
    await rig.shipper.flush();
    const room = rig.shipper.room(true);
    expect(room).toBeInstanceOf(Promise);
    await rig.shipper.shutdown(0);
    await room;
  });
});

describe("a source that is forgotten", () => {
  test("loses its position once all of it is acknowledged, not before", async () => {
    const directory = makeFolder();
    const collector = await startCollector(AWAY);
    const rig = await openRig(directory, collector.endpoint);
    rig.shipper.ship(shipment(1, 3));
    rig.shipper.ship(shipment(1, 3, OTHER));
    rig.shipper.forget(SOURCE.name);
    await rig.shipper.flush();
    await vi.waitFor(() => {
      const saved = readFileSync(join(directory, "checkpoint.json"), "utf8");
      expect(saved).toContain(SOURCE.name);
    });
    collector.behaviour = (response) => {
      response.writeHead(200).end();
      return "received";
    };
    await vi.waitFor(() => expect(rig.shipper.sources()).toEqual([OTHER.name]));
    await closeRig(rig);
    const next = await openRig(directory, collector.endpoint);
    expect(next.shipper.sources()).toEqual([OTHER.name]);
  });

  test("is kept when it speaks again", async () => {
    const collector = await startCollector();
    const rig = await openRig(makeFolder(), collector.endpoint);
    rig.shipper.ship(shipment(1, 3));
    rig.shipper.forget(SOURCE.name);
    rig.shipper.ship(shipment(4, 5));
    await untilSettled(rig);
    await rig.shipper.shutdown(0);
    expect(rig.shipper.positionOf(SOURCE.name)).toBe(5);
  });
});

test("a second agent in the same folder gets told who is there", async () => {
  const directory = makeFolder();
  const { endpoint } = await startCollector();
  await openRig(directory, endpoint);
  const options = { directory, maxBytes: 1, clock: systemClock, log: () => {} };
  const delivery = createDelivery({ endpoint });
  const second = await openShipper({ ...options, delivery, accounts: createAccounts() });
  expect(second).toEqual({
    status: "taken",
    message: expect.stringContaining(`another agent (process ${process.pid}) works in it`),
  });
});

describe("a journal that was damaged", () => {
  /** Three batches of five lines each that no collector took. */
  async function leaveThree(directory: string): Promise<void> {
    const collector = await startCollector(AWAY);
    const rig = await openRig(directory, collector.endpoint);
    for (const first of [1, 6, 11]) {
      rig.shipper.ship(shipment(first, first + 4));
      await rig.shipper.flush();
    }
    await closeRig(rig);
    expect(batchFiles(directory)).toHaveLength(3);
  }

  async function reopen(directory: string) {
    const collector = await startCollector();
    const rig = await openRig(directory, collector.endpoint);
    await untilSettled(rig);
    return { rig, collector };
  }

  test("by a torn file loses exactly its lines, and says and counts it", async () => {
    const directory = makeFolder();
    await leaveThree(directory);
    truncateSync(join(directory, "000000000002.batch"), 700);
    const { rig, collector } = await reopen(directory);
    expect(numbersOf(collector.logs())).toEqual([1, 2, 3, 4, 5, 11, 12, 13, 14, 15]);
    expect(rig.shipper.positionOf(SOURCE.name)).toBe(15);
    expect(rig.shipper.stats()).toMatchObject({ corruptFiles: 1 });
    expect(rig.accounts.list()).toMatchObject([
      { readLines: 15, acknowledgedLines: 10, droppedLines: { spool_corrupt: 5 } },
    ]);
    expect(filesIn(directory, "corrupt")).toEqual(["000000000002.batch"]);
    expect(rig.said).toEqual([
      expect.stringContaining("lacks 5 lines"),
      expect.stringContaining('"000000000002.batch" cannot be read'),
    ]);
  });

  test("by an empty or a missing file loses exactly its lines", async () => {
    const directory = makeFolder();
    await leaveThree(directory);
    truncateSync(join(directory, "000000000001.batch"), 0);
    rmSync(join(directory, "000000000002.batch"));
    const { rig, collector } = await reopen(directory);
    expect(numbersOf(collector.logs())).toEqual([11, 12, 13, 14, 15]);
    expect(rig.accounts.list()).toMatchObject([
      { readLines: 15, acknowledgedLines: 5, droppedLines: { spool_corrupt: 10 } },
    ]);
  });

  test.each([
    ["torn", '{"version":1,"seq'],
    ["binary", "\u0000\u0000"],
    ["of a newer version", '{"version":2}'],
    ["of another shape", '{"version":1,"sequence":3}'],
  ])("by a checkpoint that is %s goes on from the batches, and keeps it aside", async (_, text) => {
    const directory = makeFolder();
    await leaveThree(directory);
    writeFileSync(join(directory, "checkpoint.json"), text);
    const { rig, collector } = await reopen(directory);
    expect(numbersOf(collector.logs())).toHaveLength(15);
    expect(rig.shipper.positionOf(SOURCE.name)).toBe(15);
    expect(rig.accounts.list()).toMatchObject([
      { readLines: 15, acknowledgedLines: 15, droppedLines: {} },
    ]);
    expect(rig.shipper.stats().corruptFiles).toBe(1);
    expect(rig.said[0]).toContain("checkpoint.json cannot be used");
    const [kept = ""] = filesIn(directory, "corrupt");
    expect(readFileSync(join(directory, "corrupt", kept), "utf8")).toBe(text);
  });

  test("by a checkpoint that is gone goes on from the batches, and says so", async () => {
    const directory = makeFolder();
    await leaveThree(directory);
    rmSync(join(directory, "checkpoint.json"));
    const { rig, collector } = await reopen(directory);
    expect(numbersOf(collector.logs())).toHaveLength(15);
    expect(rig.said).toEqual([expect.stringContaining("checkpoint.json is missing")]);
  });

  test("by files of others and halves of its own is not confused", async () => {
    const directory = makeFolder();
    await leaveThree(directory);
    writeFileSync(join(directory, "notes.txt"), "mine");
    writeFileSync(join(directory, "000000000009.batch.tmp"), "half");
    const { rig, collector } = await reopen(directory);
    expect(numbersOf(collector.logs())).toHaveLength(15);
    expect(rig.shipper.stats().corruptFiles).toBe(0);
    expect(filesIn(directory, ".")).toEqual(
      ["checkpoint.json", "lock", "notes.txt", "reserve"].sort(),
    );
  });

  test("while it runs loses exactly what was in the file, and goes on", async () => {
    const directory = makeFolder();
    const collector = await startCollector(AWAY);
    const first = await openRig(directory, collector.endpoint);
    for (let n = 1; n <= 10; n += 1) {
      first.shipper.ship(shipment(n, n));
      await first.shipper.flush();
    }
    await closeRig(first);
    const rig = await openRig(directory, collector.endpoint);
    // The first four are handed over; this one waits on disk alone.
    writeFileSync(join(directory, "000000000007.batch"), "gone");
    collector.behaviour = (response) => {
      response.writeHead(200).end();
      return "received";
    };
    await untilSettled(rig);
    expect(numbersOf(collector.logs())).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10]);
    expect(rig.shipper.stats().corruptFiles).toBe(1);
    expect(rig.accounts.list()).toMatchObject([
      { acknowledgedLines: 9, droppedLines: { spool_corrupt: 1 } },
    ]);
  });

  test("by being deleted while it runs is made again, and the lock with it", async () => {
    const directory = join(makeFolder(), "journal");
    const collector = await startCollector();
    const rig = await openRig(directory, collector.endpoint);
    rmSync(directory, { recursive: true });
    rig.shipper.ship(shipment(1, 3));
    await untilSettled(rig);
    expect(numbersOf(collector.logs())).toEqual([1, 2, 3]);
    await expect(openRig(directory, collector.endpoint)).rejects.toThrow("works in it");
  });
});
