import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createSettledNumbers,
  decodeRing,
  MIN_RING_BYTES,
  type Ring,
  type RingFacts,
} from "@sightline/core";
import { createOwnFolder, type OwnFolder } from "@sightline/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeClock, type FakeClock } from "../../../wire/test/fakes/fake-clock.ts";
import { createLineRing, type LineRing, RING_FILE } from "../../src/recorder/line-ring.ts";
import { nodeRingTools } from "../../src/recorder/ring-tools.ts";
import { createSeededRandom } from "../support/seeded-random.ts";

const FACTS: RingFacts = {
  serviceName: "shop",
  resourceAttributes: { "service.name": "shop" },
  pid: process.pid,
  hostName: "vm1",
  startedAt: 1_795_000_000_000,
  nodeVersion: process.version,
  run: 1,
  keepsLines: true,
  reportsFatalErrors: false,
};

let parent: string;
let clock: FakeClock;
let warnings: string[];
let folder: OwnFolder;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "sightline-ring-"));
  clock = createFakeClock();
  warnings = [];
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

function open(maxBytes = MIN_RING_BYTES, directory = join(parent, "ring/shop")): LineRing {
  folder = createOwnFolder(directory, clock, "ring");
  return createLineRing({
    folder,
    facts: () => FACTS,
    maxBytes,
    clock,
    warn: (message) => void warnings.push(message),
  });
}

function read(): Ring {
  const ring = decodeRing(readFileSync(join(folder.path, RING_FILE)), nodeRingTools);
  if (ring.status !== "read") throw new Error(ring.message);
  return ring;
}

const line = (text: string): Buffer => Buffer.from(text);
const textsOf = ({ frames }: Ring): string[] =>
  frames.map(({ payload }) => Buffer.from(payload).toString());

describe("a ring on a good disk", () => {
  it("has each line in the file when the call returns", () => {
    const { journal } = open();
    expect(journal.append(line("one"))).toBe(1);
    expect(textsOf(read())).toEqual(["one"]);
    expect(journal.append(line("two"))).toBe(2);
    expect(textsOf(read())).toEqual(["one", "two"]);
  });

  it("is nobody else's to read", () => {
    open();
    expect(statSync(join(folder.path, RING_FILE)).mode & 0o777).toBe(0o600);
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  });

  it("takes its whole size from the disk, step by step", () => {
    open(2 * 1_048_576);
    const path = join(folder.path, RING_FILE);
    expect(statSync(path).size).toBe(262_144);
    clock.advance(1_000);
    const { size, blocks } = statSync(path);
    expect(size).toBe(2 * 1_048_576);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
  });

  it("keeps what is settled apart from what is not, in any order of telling", () => {
    const { journal } = open();
    for (let n = 1; n <= 10; n += 1) journal.append(line(`line ${n}`));
    journal.settle([4, 3]);
    journal.settle([1, 0, 1, 99]);
    expect(read().settled).toEqual({ through: 1, ranges: [[3, 4]] });
    journal.settle([2]);
    expect(read().settled).toEqual({ through: 4, ranges: [] });
  });

  it("counts a line that is too large for it, and goes on", () => {
    const ring = open();
    expect(ring.journal.append(Buffer.alloc(100_000))).toBe(0);
    expect(ring.journal.append(Buffer.alloc(0))).toBe(0);
    expect(ring.journal.append(line("small"))).toBe(1);
    expect(ring.figures()).toMatchObject({ tooLargeLines: 2, keptLines: 1, missedLines: 0 });
  });

  it("agrees with a plain list over many rounds of lines of all sizes, at 20 seeds", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = createSeededRandom(seed);
      const ring = open();
      const model = createSettledNumbers();
      const written: string[] = [];
      for (let step = 0; step < 3_000; step += 1) {
        const size = random() < 0.05 ? random() * 40_000 : random() * 300;
        const text = `${step} ${"x".repeat(size)}`;
        expect(ring.journal.append(line(text))).toBe(step + 1);
        written.push(text);
        if (random() < 0.1) {
          const numbers = Array.from({ length: 30 }, () => 1 + Math.floor(random() * (step + 1)));
          ring.journal.settle(numbers);
          model.add(numbers);
        }
        if (random() < 0.01) clock.advance(20);
      }
      const found = read();
      const oldest = found.frames[0]?.number ?? 0;
      expect(found.frames.at(-1)?.number, `seed ${seed}`).toBe(3_000);
      expect(textsOf(found), `seed ${seed}`).toEqual(written.slice(oldest - 1));
      expect(found.damagedLines).toBe(0);
      // What did not fit into the mark counts as not settled; it is never the other way round.
      expect(found.lappedLines).toBeGreaterThanOrEqual(model.countOpenBelow(oldest));
      expect(ring.figures().lappedLines).toBe(model.countOpenBelow(oldest));
      ring.close();
    }
  });

  it("goes away with its process where nothing is left to tell, and stays where there is", () => {
    const ring = open();
    ring.journal.append(line("one"));
    ring.close();
    folder.release();
    expect(existsSync(join(folder.path, RING_FILE))).toBe(true);

    const next = open();
    next.journal.settle([next.journal.append(line("two"))]);
    next.close();
    folder.release();
    expect(existsSync(folder.path)).toBe(false);
  });

  it("says of a mark that is too large, and keeps the one before", () => {
    const ring = open();
    expect(ring.mark("exit", { code: 3 })).toBe(true);
    expect(ring.mark("exit", { askedBy: "x".repeat(2_000) })).toBe(false);
    expect(read().exit?.code).toBe(3);
  });
});

describe("a disk that fails", () => {
  it("costs one warning and the ring, and the ring comes back with its numbers", () => {
    writeFileSync(join(parent, "ring"), "a file where the folder should be");
    const ring = open();
    for (let n = 0; n < 5; n += 1) expect(ring.journal.append(line("lost"))).toBe(0);
    ring.check();
    ring.mark("heartbeat", { at: 1 });
    ring.journal.settle([1]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^the crash recorder in ".*" cannot write and tries again every minute, lines are still sent: /,
    );
    expect(ring.figures()).toMatchObject({ missedLines: 5, isAvailable: false });

    rmSync(join(parent, "ring"));
    clock.advance(30_000);
    ring.check();
    expect(ring.figures().isAvailable).toBe(false);
    clock.advance(30_000);
    ring.check();
    expect(ring.journal.append(line("kept"))).toBe(1);
    expect(textsOf(read())).toEqual(["kept"]);
    expect(warnings).toHaveLength(1);
  });

  it("that loses the folder gets a new one within a beat", () => {
    const ring = open();
    ring.journal.append(line("gone"));
    rmSync(parent, { recursive: true });
    expect(ring.journal.append(line("gone too"))).toBe(2);
    ring.check();
    expect(ring.journal.append(line("kept"))).toBe(3);
    expect(textsOf(read())).toEqual(["kept"]);
    // Those two are in memory still and may be told as settled: they are none of this file's.
    ring.journal.settle([1, 2]);
    expect(read()).toMatchObject({ lappedLines: 0, damagedLines: 0, settled: { through: 2 } });
    expect(ring.figures()).toMatchObject({ isAvailable: true });
    expect(warnings).toEqual([]);
  });

  it("that loses the file alone gets a new one, too", () => {
    const ring = open();
    rmSync(join(folder.path, RING_FILE));
    ring.check();
    expect(ring.journal.append(line("kept"))).toBe(1);
    expect(textsOf(read())).toEqual(["kept"]);
  });
});

const canMount = process.getuid?.() === 0 && tryMount();

describe.skipIf(!canMount)("a disk that is full", () => {
  let mount: string;

  beforeEach(() => {
    mount = join(parent, "small");
    mkdirSync(mount);
  });

  afterEach(() => {
    // Lazily: the ring is open still.
    spawnSync("umount", ["-l", mount]);
  });

  function mountBytes(bytes: number): void {
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", mount]);
    expect(status).toBe(0);
  }

  it("gives a smaller ring, of which nothing is lost", () => {
    mountBytes(1_048_576);
    const ring = open(8 * 1_048_576, join(mount, "shop"));
    clock.advance(5_000);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/stays smaller than its 8.4 MB: ENOSPC/);
    const filler = "x".repeat(500);
    for (let n = 1; n <= 5_000; n += 1) {
      expect(ring.journal.append(line(`${n} ${filler}`)), `line ${n}`).toBe(n);
    }
    const found = read();
    expect(found.frames.length).toBeGreaterThan(1_000);
    expect(found.frames.at(-1)?.number).toBe(5_000);
    expect(found).toMatchObject({ damagedLines: 0, isCut: false });
    expect(ring.figures().isAvailable).toBe(true);
  });

  it("from the start leaves nothing behind, and is tried again", () => {
    mountBytes(1_048_576);
    const filler = join(mount, "filler");
    writeFileSync(filler, Buffer.alloc(1_048_576 - 65_536));
    const ring = open(1_048_576, join(mount, "shop"));
    expect(ring.figures()).toMatchObject({ isAvailable: false });
    expect(warnings[0]).toContain("ENOSPC");
    expect(existsSync(join(folder.path, RING_FILE))).toBe(false);

    rmSync(filler);
    clock.advance(60_000);
    ring.check();
    expect(ring.journal.append(line("kept"))).toBe(1);
    expect(textsOf(read())).toEqual(["kept"]);
  });

  it("that is read-only is said once", () => {
    mountBytes(1_048_576);
    spawnSync("mount", ["-o", "remount,ro", mount]);
    const ring = open(MIN_RING_BYTES, join(mount, "shop"));
    expect(ring.journal.append(line("lost"))).toBe(0);
    clock.advance(120_000);
    ring.check();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("EROFS");
  });
});

function tryMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), "sightline-mount-"));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", place]);
  if (status === 0) spawnSync("umount", [place]);
  rmSync(place, { recursive: true, force: true });
  return status === 0;
}
