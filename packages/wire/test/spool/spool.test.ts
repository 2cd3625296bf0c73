import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readSelf } from "../../src/spool/owner.ts";
import { createSpool, type Spool } from "../../src/spool/spool.ts";
import { createFakeClock } from "../fakes/fake-clock.ts";
import { makeBatch, textOf } from "../fixtures/batches.ts";
import { makeTemporaryFolder } from "../fixtures/temporary-folder.ts";

const BATCH = makeBatch("hello", { records: 3, severityNumber: 17 });

function openSpool(parent: string, clock = createFakeClock(Date.now())): Spool {
  const spool = createSpool(parent, clock);
  onTestFinished(() => spool.release());
  return spool;
}

function spoolFolders(parent: string): string[] {
  return readdirSync(parent)
    .filter((name) => name.startsWith("spool-"))
    .map((name) => join(parent, name));
}

function onlySpoolFolder(parent: string): string {
  const [folder] = spoolFolders(parent);
  if (!folder) throw new Error("no spool folder");
  return folder;
}

/** Adopts what there is and reads it; a file that is not whole reads as "corrupt". */
async function readTexts(spool: Spool): Promise<string[]> {
  const { batches } = await spool.adopt();
  return Promise.all(
    batches.map(async ({ file }) => {
      const result = await spool.read(file);
      return result.status === "read" ? textOf(result) : result.status;
    }),
  );
}

/** What a process that was killed leaves behind: its folder, with an owner that is gone. */
async function leaveDeadSpool(parent: string, texts: readonly string[]): Promise<string> {
  const spool = createSpool(parent, createFakeClock(Date.now()));
  for (const [index, text] of texts.entries()) await spool.write(makeBatch(text), index + 1);
  const folder = spoolFolders(parent).find((path) => !path.includes("spool-9999999-"));
  if (!folder) throw new Error("no spool folder");
  const dead = join(parent, `spool-9999999-${folder.slice(-8)}`);
  renameSync(folder, dead);
  const owner = { ...readSelf(), pid: 9_999_999 };
  writeFileSync(join(dead, "owner.json"), JSON.stringify(owner));
  return dead;
}

describe("a spool of our own", () => {
  test("gives back what was written, and forgets it once removed", async () => {
    const parent = makeTemporaryFolder();
    const spool = openSpool(parent);
    const file = await spool.write(BATCH, 1);
    const result = await spool.read(file);
    expect(result.status === "read" && textOf(result)).toBe("hello");
    expect(file.diskBytes).toBe(4096);
    await spool.remove(file);
    expect(await spool.read(file)).toEqual({ status: "corrupt", message: "the file is gone" });
    await spool.remove(file);
  });

  test("makes no folder before there is something to write", async () => {
    const parent = join(makeTemporaryFolder(), "not", "yet");
    await openSpool(parent).adopt();
    expect(existsSync(parent)).toBe(false);
  });

  test("is readable by its owner alone", async () => {
    const parent = join(makeTemporaryFolder(), "spool");
    const spool = openSpool(parent);
    const file = await spool.write(BATCH, 1);
    const sync = spool.writeSync(BATCH, 1);
    await spool.quarantine(BATCH, 2, "HTTP 400");
    for (const folder of [parent, onlySpoolFolder(parent), join(parent, "quarantine")]) {
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    }
    const kept = readdirSync(join(parent, "quarantine")).map((n) => join(parent, "quarantine", n));
    for (const path of [file.path, sync.path, ...kept]) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
  });

  test("survives that somebody deletes its folder", async () => {
    const parent = makeTemporaryFolder();
    const spool = openSpool(parent);
    await spool.write(BATCH, 1);
    rmSync(parent, { recursive: true });
    const file = await spool.write(BATCH, 2);
    expect((await spool.read(file)).status).toBe("read");
    rmSync(parent, { recursive: true });
    expect((await spool.read(spool.writeSync(BATCH, 3))).status).toBe("read");
  });

  test("rejects where nothing can be written, and leaves no half file", async () => {
    const parent = makeTemporaryFolder();
    writeFileSync(join(parent, "a-file"), "");
    const spool = openSpool(join(parent, "a-file"));
    await expect(spool.write(BATCH, 1)).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(() => spool.writeSync(BATCH, 1)).toThrow(/ENOTDIR|EEXIST/);
    expect(await spool.adopt()).toEqual({ batches: [], foreignFiles: 0 });
  });

  test("is gone after its release when it is empty, and adoptable when it is not", async () => {
    const parent = makeTemporaryFolder();
    const empty = openSpool(parent);
    await empty.remove(await empty.write(BATCH, 1));
    empty.release();
    expect(spoolFolders(parent)).toEqual([]);
    const full = openSpool(parent);
    await full.write(BATCH, 1);
    full.release();
    expect(await readTexts(openSpool(parent))).toEqual(["hello"]);
  });

  test("does not come back to life after its release", async () => {
    const parent = makeTemporaryFolder();
    const spool = openSpool(parent);
    await spool.write(BATCH, 1);
    spool.release();
    await expect(spool.write(BATCH, 2)).rejects.toThrow("released");
    expect(() => spool.writeSync(BATCH, 3)).toThrow("released");
  });

  test("keeps only the newest samples in quarantine", async () => {
    const parent = makeTemporaryFolder();
    const spool = openSpool(parent);
    for (let n = 1; n <= 25; n += 1) await spool.quarantine(BATCH, n, `reason ${n}`);
    const names = readdirSync(join(parent, "quarantine")).sort();
    expect(names).toHaveLength(20);
    const newest = readFileSync(join(parent, "quarantine", names.at(-1) ?? ""), "utf8");
    expect(newest).toContain('"reason":"reason 25"');
    expect(newest).toContain("hello");
  });
});

describe("the spool of another process", () => {
  test("is adopted when that process is dead, oldest batch first", async () => {
    const parent = makeTemporaryFolder();
    await leaveDeadSpool(parent, ["one", "two", "three"]);
    const spool = openSpool(parent);
    expect(await readTexts(spool)).toEqual(["one", "two", "three"]);
    expect(spoolFolders(parent)).toHaveLength(1);
    expect(await spool.adopt()).toEqual({ batches: [], foreignFiles: 0 });
  });

  test("is left alone while that process lives", async () => {
    const parent = makeTemporaryFolder();
    const living = openSpool(parent);
    const file = await living.write(BATCH, 1);
    expect((await openSpool(parent).adopt()).batches).toEqual([]);
    expect((await living.read(file)).status).toBe("read");
  });

  test("is adopted when its pid was taken by a later process", async () => {
    const parent = makeTemporaryFolder();
    const dead = await leaveDeadSpool(parent, ["x"]);
    const owner = { ...readSelf(), startTicks: "1" };
    writeFileSync(join(dead, "owner.json"), JSON.stringify(owner));
    expect(await readTexts(openSpool(parent))).toEqual(["x"]);
  });

  test("in another container is judged by its heartbeat", async () => {
    const parent = makeTemporaryFolder();
    const dead = await leaveDeadSpool(parent, ["x"]);
    const ownerPath = join(dead, "owner.json");
    writeFileSync(ownerPath, JSON.stringify({ ...readSelf(), pid: 1, domain: "elsewhere" }));
    const clock = createFakeClock(Date.now());
    const beatenAt = (clock.now() - 15_000) / 1000;
    utimesSync(ownerPath, beatenAt, beatenAt);
    const spool = openSpool(parent, clock);
    expect((await spool.adopt()).batches).toEqual([]);
    clock.advance(6_000);
    expect(await readTexts(spool)).toEqual(["x"]);
  });

  test("beats while it lives", async () => {
    const parent = makeTemporaryFolder();
    const clock = createFakeClock(1_700_000_000_000);
    await openSpool(parent, clock).write(BATCH, 1);
    clock.advance(60_000);
    const { mtimeMs } = statSync(join(onlySpoolFolder(parent), "owner.json"));
    expect(mtimeMs).toBe(clock.now());
  });

  test.each([
    ["half written", ".tmp", (path: string) => truncateSync(path, 0)],
    ["whole, but not yet renamed", ".tmp", () => undefined],
    ["whole", "", () => undefined],
  ])(
    "is taken once where the exit saved again what was just being written: %s",
    async (...given) => {
      const [, ending, spoil] = given;
      const parent = makeTemporaryFolder();
      const spool = createSpool(parent, createFakeClock(Date.now()));
      const { path } = await spool.write(BATCH, 1);
      spool.writeSync(BATCH, 1);
      renameSync(path, `${path}${ending}`);
      spoil(`${path}${ending}`);
      spool.release();
      expect(await readTexts(openSpool(parent))).toEqual(["hello"]);
      expect(existsSync(join(parent, "corrupt"))).toBe(false);
    },
  );

  test("is shared between two adopters, each batch to one of them", async () => {
    const parent = makeTemporaryFolder();
    const texts = Array.from({ length: 50 }, (_, n) => `batch ${n}`);
    await leaveDeadSpool(parent, texts);
    const both = await Promise.all([readTexts(openSpool(parent)), readTexts(openSpool(parent))]);
    expect(both.flat().sort()).toEqual([...texts].sort());
  });

  test("gives up whole files that were never renamed, and torn ones as corrupt", async () => {
    const parent = makeTemporaryFolder();
    const dead = await leaveDeadSpool(parent, ["whole", "torn", "good"]);
    const names = readdirSync(dead)
      .filter((name) => name.endsWith(".batch"))
      .sort();
    for (const name of names.slice(0, 2)) renameSync(join(dead, name), join(dead, `${name}.tmp`));
    truncateSync(join(dead, `${names[1]}.tmp`), 20);
    expect(await readTexts(openSpool(parent))).toEqual(["whole", "corrupt", "good"]);
  });

  test("has foreign files in it set aside and counted", async () => {
    const parent = makeTemporaryFolder();
    const dead = await leaveDeadSpool(parent, ["good"]);
    writeFileSync(join(dead, "notes.txt"), "not ours");
    mkdirSync(join(dead, "a-folder"));
    const spool = openSpool(parent);
    const { batches, foreignFiles } = await spool.adopt();
    expect(batches).toHaveLength(1);
    expect(foreignFiles).toBe(2);
    expect(readFileSync(join(parent, "corrupt", "notes.txt"), "utf8")).toBe("not ours");
    expect(spoolFolders(parent)).toHaveLength(1);
  });

  test.each([
    ["empty", ""],
    ["torn", '{"pid":12'],
    ["foreign", "[1,2]"],
  ])("with an owner file that is %s counts as dead", async (_name, text) => {
    const parent = makeTemporaryFolder();
    const dead = await leaveDeadSpool(parent, ["x"]);
    writeFileSync(join(dead, "owner.json"), text);
    expect(await readTexts(openSpool(parent))).toEqual(["x"]);
  });

  test("that we may not read is left alone (root may read everything)", async ({ skip }) => {
    skip(process.getuid?.() === 0, "root may read everything");
    const parent = makeTemporaryFolder();
    const dead = await leaveDeadSpool(parent, ["x"]);
    chmodSync(dead, 0o000);
    onTestFinished(() => chmodSync(dead, 0o700));
    expect((await openSpool(parent).adopt()).batches).toEqual([]);
  });
});

test("a link or a FIFO that somebody planted is never followed or waited for", async () => {
  const parent = makeTemporaryFolder();
  const elsewhere = makeTemporaryFolder();
  writeFileSync(join(elsewhere, "letter.txt"), "dear");
  symlinkSync(elsewhere, join(parent, "spool-9999998-0badcafe"));
  const dead = await leaveDeadSpool(parent, ["hello"]);
  symlinkSync(join(elsewhere, "letter.txt"), join(dead, "letter.batch"));
  spawnSync("mkfifo", [join(dead, "1795440000000-0000000001-logs-9-1-x.batch")]);
  const waiting = join(parent, "spool-9999997-0badcafe");
  mkdirSync(waiting);
  spawnSync("mkfifo", [join(waiting, "owner.json")]);

  expect(await readTexts(openSpool(parent))).toEqual(["hello"]);
  expect(readdirSync(elsewhere)).toEqual(["letter.txt"]);
  expect(readFileSync(join(elsewhere, "letter.txt"), "utf8")).toBe("dear");
});
