/** Recovery of ring files, without the processes around them. */
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOKI_LIMIT, MIN_RING_BYTES, type RingFacts } from "@sightline/core";
import {
  createDelivery,
  createOwnFolder,
  createRecordClock,
  createRecordEncoder,
  type Delivery,
  type OwnFolder,
  systemClock,
} from "@sightline/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  createFakeTransport,
  type FakeTransport,
} from "../../../wire/test/fakes/fake-transport.ts";
import { createLineRing, type LineRing, RING_FILE } from "../../src/recorder/line-ring.ts";
import { type Recovery, startRecovery } from "../../src/recorder/recovery.ts";
import { openRunBook } from "../../src/recorder/run-book.ts";
import { decodeLogs, type ReceivedLog } from "../support/otlp-proto.ts";
import { until } from "../support/until.ts";

let parent: string;
let transport: FakeTransport;
let warnings: string[];
const running: { recovery: Recovery; delivery: Delivery; own: OwnFolder }[] = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "sightline-recovery-"));
  transport = createFakeTransport();
  warnings = [];
});

afterEach(async () => {
  for (const { recovery, delivery } of running.splice(0)) {
    recovery.stop();
    await recovery.idle();
    await delivery.shutdown(0);
  }
  rmSync(parent, { recursive: true, force: true });
});

const STARTED = Date.now() - 60_000;

function factsOf(more: Partial<RingFacts> = {}): RingFacts {
  return {
    serviceName: "shop",
    resourceAttributes: { "service.name": "shop", "service.version": "1.0" },
    pid: 4_000_000,
    hostName: "vm1",
    startedAt: STARTED,
    nodeVersion: "v24.0.0",
    run: 7,
    keepsLines: true,
    reportsFatalErrors: true,
    ...more,
  };
}

type Dead = { readonly ring: LineRing; readonly name: string; readonly folder: string };

/** What a process leaves that is killed: a folder, a ring, and an owner that is gone. */
function leaveRing(facts: Partial<RingFacts> = {}): Dead {
  const own = createOwnFolder(parent, systemClock, "ring");
  const ring = createLineRing({
    folder: own,
    facts: () => factsOf(facts),
    maxBytes: MIN_RING_BYTES,
    clock: systemClock,
    warn: (message) => void warnings.push(message),
  });
  // A process of another number than ours, which is long gone.
  const owner = JSON.parse(readFileSync(join(own.path, "owner.json"), "utf8"));
  writeFileSync(join(own.path, "owner.json"), JSON.stringify({ ...owner, pid: 4_000_000 }));
  return { ring, name: own.name, folder: own.path };
}

const encoder = createRecordEncoder();
const recordClock = createRecordClock();

function log(ring: LineRing, body: string, timeUnixMillis = Date.now()): number {
  const record = {
    timeUnixMillis,
    severityNumber: 9,
    severityText: "info",
    body,
    attributes: { kind: "log" },
  };
  return ring.journal.append(encoder.encode(record, recordClock.stamp(timeUnixMillis)));
}

function start(): Recovery {
  const delivery = createDelivery({ endpoint: "http://127.0.0.1:1", transport });
  const own = createOwnFolder(parent, systemClock, "ring");
  const recovery = startRecovery({
    parent,
    own,
    delivery,
    runBook: openRunBook(parent),
    machine: {
      hostName: "vm1",
      bootId: undefined,
      containerId: undefined,
      oomKillsOf: () => undefined,
    },
    clock: systemClock,
    warn: (message) => void warnings.push(message),
  });
  running.push({ recovery, delivery, own });
  return recovery;
}

function sent(): ReceivedLog[] {
  return transport.sent.flatMap(({ body }) => decodeLogs(Buffer.from(body)));
}

const bodies = (): string[] => sent().map(({ body }) => body);

function deadFolders(): string[] {
  return readdirSync(parent, { recursive: true, encoding: "utf8" }).filter((name) =>
    readdirSafely(join(parent, name)).includes(RING_FILE),
  );
}

function readdirSafely(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

const recovered = (): Promise<void> => until("no ring is left", () => deadFolders().length === 0);

it("sends what is not settled under the resource of the process that wrote it, then its death", async () => {
  const { ring } = leaveRing();
  ring.journal.settle([log(ring, "one")]);
  log(ring, "two");
  start();
  await recovered();
  const [line, crash, ...rest] = sent();
  expect(rest).toEqual([]);
  expect(line).toMatchObject({ body: "two", resource: { "service.version": "1.0" } });
  expect(line?.timeUnixMillis).toBeGreaterThan(STARTED);
  expect(crash?.attributes).toMatchObject({
    kind: "crash",
    source: "process",
    run: 7,
    verdict: "killed",
    crash_id: `vm1:4000000:${STARTED}`,
  });
  expect(crash?.resource).toMatchObject({ "service.name": "shop", "process.pid": 4_000_000 });
  expect(crash?.body).toContain("Last lines (2 of 2):");
});

it("tells nothing of a clean end, and removes what it left", async () => {
  const { ring } = leaveRing();
  ring.journal.settle([log(ring, "one")]);
  ring.mark("exit", { code: 0, at: Date.now() });
  start();
  await recovered();
  expect(bodies()).toEqual([]);
});

it("shares what there is between two that start at once: each line and death once", async () => {
  const dead = Array.from({ length: 12 }, (_, n) => {
    const left = leaveRing({ startedAt: STARTED + n });
    for (let line = 1; line <= 20; line += 1) log(left.ring, `${n}-${line}`);
    return left;
  });
  start();
  start();
  start();
  await recovered();
  const lines = bodies().filter((body) => /^\d+-\d+$/.test(body));
  expect(lines).toHaveLength(dead.length * 20);
  expect(new Set(lines).size).toBe(dead.length * 20);
  const ids = sent().flatMap(({ attributes }) => attributes["crash_id"] ?? []);
  expect(new Set(ids).size).toBe(12);
  expect(ids).toHaveLength(12);
});

it("takes over what a dead process had taken over", async () => {
  const first = leaveRing({ startedAt: 1_000 });
  log(first.ring, "of the first");
  const second = leaveRing({ startedAt: 2_000 });
  log(second.ring, "of the second");
  mkdirSync(join(second.folder, "x"));
  rmSync(join(second.folder, "x"), { recursive: true });
  const { renameSync } = await import("node:fs");
  renameSync(first.folder, join(second.folder, `dead-${first.name}`));
  start();
  await recovered();
  expect(bodies()).toEqual(expect.arrayContaining(["of the first", "of the second"]));
  expect(sent().filter(({ attributes }) => attributes["kind"] === "crash")).toHaveLength(2);
});

it("gives lines that the store would refuse the time of their arrival, and keeps their own", async () => {
  const { ring } = leaveRing();
  const old = Date.now() - LOKI_LIMIT.maxAgeMillis - 1_000;
  const ahead = Date.now() + LOKI_LIMIT.maxFutureMillis + 60_000;
  log(ring, "old", old);
  log(ring, "old", old);
  log(ring, "ahead", ahead);
  const before = Date.now();
  start();
  await recovered();
  const lines = sent().filter(({ attributes }) => attributes["kind"] === "log");
  expect(lines.map(({ attributes }) => attributes["event_ts"])).toEqual([old, old, ahead]);
  for (const { timeUnixMillis, observedUnixMillis } of lines) {
    expect(Math.abs(timeUnixMillis - before)).toBeLessThan(60_000);
    expect(observedUnixMillis).toBe(timeUnixMillis);
  }
});

it("keeps a file that it cannot read aside, a few of them, and says so once", async () => {
  const dead = Array.from({ length: 8 }, () => leaveRing());
  for (const { folder } of dead) writeFileSync(join(folder, RING_FILE), "no ring at all".repeat(9));
  start();
  const aside = (): string[] => readdirSafely(join(parent, "unreadable"));
  await until("all are looked at", () =>
    readdirSync(parent).every((n) => !dead.some((d) => d.name === n)),
  );
  await until("they are aside", () => aside().length === 5);
  await running[0]?.recovery.idle();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("does not begin as a ring file does");
  expect(running[0]?.delivery.stats().dropped).toEqual([
    { signal: "logs", reason: "spool_corrupt", records: 8 },
  ]);
  expect(sent()).toEqual([]);
});

it("counts lines that were lost before they could be sent", async () => {
  const { ring } = leaveRing();
  for (let n = 1; n <= 3_000; n += 1) log(ring, `line ${n} ${"x".repeat(200)}`);
  const { lappedLines } = ring.figures();
  expect(lappedLines).toBeGreaterThan(1_000);
  start();
  await recovered();
  expect(running[0]?.delivery.stats().dropped).toEqual([
    { signal: "logs", reason: "ring_full", records: lappedLines },
  ]);
  expect(bodies().filter((body) => body.startsWith("line "))).toHaveLength(3_000 - lappedLines);
  expect(bodies().at(-1)).toContain(`Lost: ${lappedLines} unsent lines did not fit into the ring`);
});

it("leaves the ring for the next process where this one ends before a line is safe", async () => {
  const { ring } = leaveRing();
  log(ring, "one");
  transport.answer = () => ({ status: "retryable", cause: "unavailable", message: "HTTP 503" });
  const recovery = start();
  await until("it was tried", () => transport.sent.length > 0);
  recovery.stop();
  await running[0]?.delivery.shutdown(0);
  running[0]?.own.release();
  running.splice(0);
  expect(deadFolders()).toHaveLength(1);

  transport.answer = () => ({ status: "success", rejectedRecords: 0 });
  transport.sent.length = 0;
  start();
  await recovered();
  expect(bodies()).toEqual(["one", expect.stringMatching(/^shop died: killed/)]);
});

it("counts a restart loop over processes", async () => {
  for (let n = 0; n < 3; n += 1) log(leaveRing({ startedAt: STARTED + n }).ring, "x", STARTED + n);
  start();
  await recovered();
  const crashes = sent().filter(({ attributes }) => attributes["kind"] === "crash");
  expect(crashes.map(({ attributes }) => attributes["recent_deaths"]).sort()).toEqual([1, 2, 3]);
  expect(crashes.filter(({ attributes }) => attributes["restart_loop"] === true)).toHaveLength(1);
});

it("leaves the ring of a process that runs alone", async () => {
  const own = createOwnFolder(parent, systemClock, "ring");
  createLineRing({
    folder: own,
    facts: () => factsOf(),
    maxBytes: MIN_RING_BYTES,
    clock: systemClock,
    warn: () => undefined,
  });
  const { ring } = leaveRing();
  log(ring, "one");
  start();
  await until("the dead one is gone", () => deadFolders().length === 1);
  await running[0]?.recovery.idle();
  expect(deadFolders()).toEqual([own.name]);
  own.release();
});

it("tells every death of a crash loop whose processes died in the middle of claiming", async () => {
  const dead = [1, 2, 3, 4].map((run) => leaveRing({ run }));
  for (const [index, { ring }] of dead.entries()) log(ring, `line of ${index}`);
  // Each had claimed its predecessor and came no further: one lies in the other.
  for (const [index, { folder, name }] of dead.entries()) {
    const claimant = dead[index + 1];
    if (claimant !== undefined) renameSync(folder, join(claimant.folder, `dead-${name}`));
  }

  start();

  await recovered();
  expect(sent().filter(({ attributes }) => attributes["kind"] === "crash")).toHaveLength(4);
  expect(bodies()).toEqual(expect.arrayContaining(dead.map((_, index) => `line of ${index}`)));
});

it("neither follows a link nor waits for a FIFO in the place of a ring", async () => {
  const { ring, folder, name } = leaveRing();
  log(ring, "of somebody else");
  const elsewhere = join(parent, "elsewhere");
  mkdirSync(elsewhere);
  renameSync(join(folder, RING_FILE), join(elsewhere, RING_FILE));
  symlinkSync(join(elsewhere, RING_FILE), join(folder, RING_FILE));
  const before = readFileSync(join(elsewhere, RING_FILE));
  const fifo = leaveRing();
  rmSync(join(fifo.folder, RING_FILE));
  spawnSync("mkfifo", [join(fifo.folder, RING_FILE)]);

  start();

  const aside = join(parent, "unreadable");
  await until("both are set aside", () => readdirSafely(aside).length === 2);
  expect(readdirSync(aside)).toContain(`dead-${name}`);
  expect(warnings.join()).toMatch(/": no plain file$/);
  expect(bodies()).toEqual([]);
  expect(readFileSync(join(elsewhere, RING_FILE)).equals(before)).toBe(true);
});
