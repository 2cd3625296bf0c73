import { describe, expect, it } from "vitest";
import { createMapCache } from "../../src/resolve/map-cache.ts";
import { openMapFolder } from "../../src/resolve/map-folder.ts";
import { hugeMappings, mapOf, putMap } from "../support/maps.ts";
import { tempFolder } from "../support/temp.ts";

const idOf = (number: number): string =>
  `0f0e1ddc-3b3a-5c5d-9a49-${String(number).padStart(12, "0")}`;

describe("createMapCache", () => {
  it("reads a map once while it fits, and drops the one that was not used for longest", () => {
    const folder = tempFolder();
    for (const number of [1, 2, 3]) {
      putMap(folder, "shop", idOf(number), mapOf([], { mappings: hugeMappings(1_000) }));
    }
    const loads: string[] = [];
    // A thousand segments of four numbers, four bytes each: two such maps fit, and three do not.
    const maps = createMapCache(folder, 50_000, (_, id) => loads.push(id));
    for (const number of [1, 2, 1, 2, 3, 2, 1]) {
      expect(maps.find("shop", idOf(number)).status).toBe("ready");
    }
    expect(loads).toEqual([1, 2, 3, 1].map(idOf));
  });

  it("keeps its maps however many ids somebody makes up", () => {
    const folder = tempFolder();
    putMap(folder, "shop", idOf(0), mapOf([]));
    const loads: string[] = [];
    const maps = createMapCache(folder, 50_000, (_, id) => loads.push(id));
    maps.find("shop", idOf(0));
    for (let number = 1; number <= 6_000; number += 1) maps.find("shop", idOf(number));
    loads.length = 0;
    expect(maps.find("shop", idOf(0)).status).toBe("ready");
    expect(loads).toEqual([]);
  });

  it("looks once for a map that is not there", () => {
    const folder = tempFolder();
    putMap(folder, "shop", idOf(1), mapOf([]));
    const loads: string[] = [];
    const maps = createMapCache(folder, 50_000, (_, id) => loads.push(id));
    for (let times = 0; times < 5; times += 1) maps.find("shop", idOf(2));
    expect(loads).toEqual([idOf(2)]);
    putMap(folder, "shop", idOf(2), mapOf([]));
    expect(maps.find("shop", idOf(2)).status).toBe("ready");
  });
});

describe("openMapFolder", () => {
  it("has no place before the beginning of a source", () => {
    const folder = tempFolder();
    putMap(folder, "shop", idOf(1), mapOf([], { mappings: "AADA" }));
    const frame = { line: 1, column: 1, debugId: idOf(1) };
    expect(openMapFolder({ mapsFolder: folder }).resolve("shop", [frame])).toEqual([
      { status: "unresolved", reason: "not_mapped" },
    ]);
  });

  it("resolves at once, without a thread", () => {
    const folder = tempFolder();
    putMap(folder, "shop", idOf(1), mapOf([[0, 0, 0, 0]]));
    const frame = { line: 1, column: 1, debugId: idOf(1) };
    expect(openMapFolder({ mapsFolder: folder }).resolve("shop", [frame, {}])).toEqual([
      { status: "resolved", file: "src/cart.ts", line: 1, column: 1 },
      { status: "unresolved", reason: "no_debug_id" },
    ]);
  });
});
