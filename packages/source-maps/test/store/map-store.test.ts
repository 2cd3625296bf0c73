import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openServiceFolder, pruneMaps, storeMap, touchMap } from "../../src/store/map-store.ts";
import { tempFolder } from "../support/temp.ts";

const NOW = Date.UTC(2026, 0, 31);
const DAY = 86_400_000;
const idOf = (number: number): string =>
  `0f0e1ddc-3b3a-5c5d-9a49-${String(number).padStart(12, "0")}`;

/** Maps of 100 bytes; `ages` in days. */
function storeWith(ages: readonly number[]): { folder: string; left: () => number[] } {
  const folder = tempFolder();
  openServiceFolder(folder, "shop");
  for (const [number, age] of ages.entries()) {
    storeMap(folder, "shop", idOf(number), "x".repeat(100));
    touchMap(folder, "shop", idOf(number), NOW - age * DAY);
  }
  const left = (): number[] =>
    readdirSync(join(folder, "shop"))
      .map((name) => Number(name.slice(24, 36)))
      .sort((a, b) => a - b);
  return { folder, left };
}

describe("a map that root stores", () => {
  it.skipIf(process.getuid?.() !== 0)("is of whom the folder of all maps belongs to", () => {
    const folder = tempFolder();
    chownSync(folder, 10_001, 10_002);
    openServiceFolder(folder, "shop");
    storeMap(folder, "shop", idOf(1), "{}");
    for (const path of ["shop", join("shop", `${idOf(1)}.map`)]) {
      const { uid, gid, mode } = statSync(join(folder, path));
      expect([uid, gid, mode & 0o077]).toEqual([10_001, 10_002, 0]);
    }
  });
});

describe("pruneMaps", () => {
  it("deletes what no build had for longer than it says", () => {
    const { folder, left } = storeWith([0, 10, 20, 31]);
    const pruned = pruneMaps(folder, "shop", new Set(), { maxAgeDays: 15 }, NOW);
    expect(pruned).toEqual({ files: 2, bytes: 200 });
    expect(left()).toEqual([0, 1]);
  });

  it("deletes the oldest until the rest fits, and never a map of the build at hand", () => {
    const { folder, left } = storeWith([40, 3, 2, 1]);
    const kept = new Set([idOf(0)]);
    pruneMaps(folder, "shop", kept, { maxTotalBytes: 250, maxAgeDays: 30 }, NOW);
    expect(left()).toEqual([0, 3]);
  });

  it("deletes drafts of runs that were killed, and nothing that it does not know", () => {
    const { folder } = storeWith([1]);
    const old = join(folder, "shop", `.${idOf(7)}.0123456789abcdef`);
    const young = join(folder, "shop", `.${idOf(8)}.0123456789abcdef`);
    for (const path of [old, young]) writeFileSync(path, "draft");
    utimesSync(old, (NOW - DAY) / 1000, (NOW - DAY) / 1000);
    utimesSync(young, NOW / 1000, NOW / 1000);
    writeFileSync(join(folder, "shop", "notes.map"), "");
    mkdirSync(join(folder, "shop", `${idOf(9)}.map`));
    pruneMaps(folder, "shop", new Set(), { maxTotalBytes: 0 }, NOW);
    expect(readdirSync(join(folder, "shop")).sort()).toEqual([
      `.${idOf(8)}.0123456789abcdef`,
      `${idOf(9)}.map`,
      "notes.map",
    ]);
  });
});

describe("storeMap", () => {
  it("replaces a map as a whole and leaves no draft", () => {
    const { folder } = storeWith([]);
    storeMap(folder, "shop", idOf(1), "old");
    storeMap(folder, "shop", idOf(1), "new");
    expect(readdirSync(join(folder, "shop"))).toEqual([`${idOf(1)}.map`]);
    expect(readFileSync(join(folder, "shop", `${idOf(1)}.map`), "utf8")).toBe("new");
  });

  it("has no place for what is no app or no id", () => {
    const folder = tempFolder();
    expect(() => storeMap(folder, "../x", idOf(1), "")).toThrow("no place");
    expect(() => storeMap(folder, "shop", "../../x", "")).toThrow("no place");
  });
});
