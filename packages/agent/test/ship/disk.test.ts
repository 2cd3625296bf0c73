import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { accept, answer, startCollector } from "./support/collector.ts";
import { batchFiles, closeRig, makeFolder, openRig, type Rig, shipment } from "./support/rig.ts";

const run = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const MEBIBYTE = 1024 * 1024;

/** A real file system of 3 MiB, or undefined where we may not mount one. */
function mountSmallDisk(): string | undefined {
  const folder = makeFolder();
  if (!run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder)) return undefined;
  onTestFinished(() => void run("umount", "-l", folder));
  return folder;
}

function big(number: number) {
  const { entries, ...rest } = shipment(number, number);
  return { ...rest, entries: entries.map((entry) => ({ ...entry, body: "x".repeat(200_000) })) };
}

async function untilFailing(rig: Rig, code: string): Promise<void> {
  await vi.waitFor(() => expect(rig.shipper.stats().lastError).toContain(code));
}

describe("a real disk", () => {
  test("that is full closes the room, drops nothing, and empties itself once the collector is back", async ({
    skip,
  }) => {
    const directory = mountSmallDisk();
    if (!directory) return skip("mounting a file system needs root");
    const collector = await startCollector(answer(503));
    const rig = await openRig(directory, collector.endpoint);
    for (let number = 1; number <= 20; number += 1) rig.shipper.ship(big(number));
    await untilFailing(rig, "ENOSPC");
    const room = rig.shipper.room(true);
    expect(room).toBeInstanceOf(Promise);
    expect(rig.said).toEqual([expect.stringContaining("cannot be written")]);
    expect(rig.shipper.stats().waitingRecords).toBe(20);

    collector.behaviour = accept;
    await room;
    await vi.waitFor(() => expect(rig.shipper.stats().waitingRecords).toBe(0), 15_000);
    expect(collector.logs()).toHaveLength(20);
    expect(rig.accounts.list()).toMatchObject([
      { readLines: 20, acknowledgedLines: 20, droppedLines: {} },
    ]);
    expect(rig.shipper.stats().lastError).toBeUndefined();
    expect(rig.said.at(-1)).toContain("is written again");
  });

  test("that others filled to the last byte still lets sent batches go, by the reserve", async ({
    skip,
  }) => {
    const directory = mountSmallDisk();
    if (!directory) return skip("mounting a file system needs root");
    const collector = await startCollector(answer(503));
    const rig = await openRig(directory, collector.endpoint);
    rig.shipper.ship(big(1));
    await rig.shipper.flush();
    run("sh", "-c", `cat /dev/zero > ${join(directory, "of-others")}`);
    collector.behaviour = accept;
    await vi.waitFor(() => expect(batchFiles(directory)).toEqual([]), 10_000);
    await closeRig(rig);
    rmSync(join(directory, "of-others"));
    const next = await openRig(directory, collector.endpoint);
    expect(next.accounts.list()).toMatchObject([{ readLines: 1, acknowledgedLines: 1 }]);
    expect(collector.logs()).toHaveLength(1);
  });

  test("that turns read-only closes the room; the journal is still sent, and nothing is lost", async ({
    skip,
  }) => {
    const directory = mountSmallDisk();
    if (!directory) return skip("mounting a file system needs root");
    const collector = await startCollector(answer(503));
    const rig = await openRig(directory, collector.endpoint);
    rig.shipper.ship(shipment(1, 3));
    await rig.shipper.flush();
    expect(run("mount", "-o", "remount,ro", directory)).toBe(true);
    rig.shipper.ship(shipment(4, 6));
    await untilFailing(rig, "EROFS");
    expect(rig.shipper.room(false)).toBeInstanceOf(Promise);
    collector.behaviour = accept;
    await vi.waitFor(() => expect(collector.logs()).toHaveLength(3));
    expect(rig.shipper.positionOf(shipment(1, 1).read?.source ?? "")).toBe(3);
    expect(run("mount", "-o", "remount,rw", directory)).toBe(true);
    await vi.waitFor(() => expect(rig.shipper.stats().waitingRecords).toBe(0), 10_000);
    expect(rig.accounts.list()).toMatchObject([
      { readLines: 6, acknowledgedLines: 6, droppedLines: {} },
    ]);
  });

  test("that is read-only from the start hands over what is in it, and says what is wrong", async ({
    skip,
  }) => {
    const directory = mountSmallDisk();
    if (!directory) return skip("mounting a file system needs root");
    const away = await startCollector(answer(503));
    const first = await openRig(directory, away.endpoint);
    first.shipper.ship(shipment(1, 3));
    await first.shipper.flush();
    await closeRig(first);
    expect(run("mount", "-o", "remount,ro", directory)).toBe(true);
    const collector = await startCollector();
    const rig = await openRig(directory, collector.endpoint);
    await vi.waitFor(() => expect(collector.logs()).toHaveLength(3));
    await untilFailing(rig, "EROFS");
    expect(rig.said).toEqual([expect.stringContaining("cannot be written")]);
    expect(rig.shipper.positionOf(shipment(1, 1).read?.source ?? "")).toBe(3);
  });
});

test("a folder that cannot be made is no end: it is said, and used as soon as it can be", async () => {
  const parent = makeFolder();
  const inTheWay = join(parent, "file");
  writeFileSync(inTheWay, "");
  const collector = await startCollector();
  const rig = await openRig(join(inTheWay, "journal"), collector.endpoint);
  rig.shipper.ship(shipment(1, 3));
  await untilFailing(rig, "ENOTDIR");
  rmSync(inTheWay);
  await vi.waitFor(() => expect(collector.logs()).toHaveLength(3), 10_000);
});

test("what the dying still say, when nothing can be stored and memory is full, is counted as lost", async () => {
  const inTheWay = join(makeFolder(), "file");
  writeFileSync(inTheWay, "");
  const collector = await startCollector();
  const rig = await openRig(join(inTheWay, "journal"), collector.endpoint);
  rig.shipper.ship(shipment(1, 1));
  await untilFailing(rig, "ENOTDIR");
  let number = 1;
  // Past 8 MiB the urgent ones find no memory; what came before them stays.
  for (; number <= 60; number += 1) rig.shipper.ship({ ...big(number + 1), isUrgent: true });
  const [account] = rig.accounts.list();
  const lost = account?.droppedLines.spool_unavailable ?? 0;
  expect(lost).toBeGreaterThan(10);
  expect(rig.shipper.stats().waitingRecords).toBe(61 - lost);
  expect((61 - lost) * 200_000).toBeLessThan(9 * MEBIBYTE);
  rmSync(inTheWay);
  await vi.waitFor(() => expect(rig.shipper.stats().waitingRecords).toBe(0), 15_000);
  expect(rig.accounts.list()).toMatchObject([
    {
      readLines: 61,
      acknowledgedLines: 61 - lost,
      droppedLines: { spool_unavailable: lost },
    },
  ]);
  expect(rig.shipper.positionOf(shipment(1, 1).read?.source ?? "")).toBe(61);
});

test("a bundle too large for one request is cut into parts that count as one", async () => {
  const directory = makeFolder();
  const away = await startCollector(answer(503));
  const first = await openRig(directory, away.endpoint);
  const { entries, ...rest } = shipment(1, 40);
  const bodies = entries.map((entry) => ({ ...entry, body: "x".repeat(200_000) }));
  first.shipper.ship({ ...rest, entries: bodies });
  await first.shipper.flush();
  expect(batchFiles(directory).length).toBeGreaterThan(1);
  await closeRig(first);

  const collector = await startCollector();
  const rig = await openRig(directory, collector.endpoint);
  await vi.waitFor(() => expect(rig.shipper.stats().waitingRecords).toBe(0), 10_000);
  expect(collector.logs()).toHaveLength(40);
  expect(Math.max(...collector.bodies.map((body) => body.length))).toBeLessThan(4 * MEBIBYTE);
  expect(rig.accounts.list()).toMatchObject([{ readLines: 40, acknowledgedLines: 40 }]);
  await closeRig(rig);

  // Without the last part nothing of it was ever read.
  const second = await openRig(directory, away.endpoint);
  second.shipper.ship({ ...rest, entries: bodies });
  await second.shipper.flush();
  const last = batchFiles(directory).at(-1) ?? "";
  const checkpointed = batchFiles(directory).length;
  await closeRig(second);
  expect(checkpointed).toBeGreaterThan(1);
  rmSync(join(directory, last));
  rmSync(join(directory, "checkpoint.json"));
  const third = await openRig(directory, collector.endpoint);
  expect(third.shipper.positionOf(rest.read?.source ?? "")).toBeUndefined();
  expect(third.shipper.stats().waitingRecords).toBe(0);
  expect(third.accounts.list()).toEqual([]);
});
