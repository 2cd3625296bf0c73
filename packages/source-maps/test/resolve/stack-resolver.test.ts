import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RawFrame } from "../../src/resolve/frame.ts";
import {
  createStackResolver,
  type StackResolver,
  type StackResolverOptions,
} from "../../src/resolve/stack-resolver.ts";
import { hugeMappings, ID, mapOf, OTHER_ID, putMap } from "../support/maps.ts";
import { tempFolder } from "../support/temp.ts";

const FRAME: RawFrame = { file: "https://x.example/a.js", line: 1, column: 11, debugId: ID };
/** Built column 10 (from 0) is line 3, column 5 (from 0) of the source. */
const MAP = mapOf([
  [0, 0, 0, 0],
  [10, 0, 3, 5],
]);
const RESOLVED = { status: "resolved", file: "src/cart.ts", line: 4, column: 6 };
/** A slow machine must not end what is to be read. */
const PATIENT = { timeoutMillis: 60_000 };

function resolverOf(
  mapsFolder: string,
  options: Omit<StackResolverOptions, "mapsFolder"> = PATIENT,
): StackResolver {
  const resolver = createStackResolver({ mapsFolder, ...options });
  onTestFinished(() => resolver.close());
  return resolver;
}

const unresolved = (reason: string) => ({ status: "unresolved", reason });

describe("createStackResolver", () => {
  it("resolves a frame to file, line and column of the source", async () => {
    const folder = tempFolder();
    putMap(folder, "shop", ID, MAP);
    expect(await resolverOf(folder).resolve("shop", [FRAME])).toEqual([RESOLVED]);
  });

  it("takes a debug id in capitals, as some bundlers write it", async () => {
    const folder = tempFolder();
    putMap(folder, "shop", ID, MAP);
    const frame = { ...FRAME, debugId: ID.toUpperCase() };
    expect(await resolverOf(folder).resolve("shop", [frame])).toEqual([RESOLVED]);
  });

  it("says of each frame why it stays as it came", async () => {
    const folder = tempFolder();
    putMap(folder, "shop", ID, mapOf([[5], [10, 0, 3, 5]]));
    putMap(folder, "shop", OTHER_ID, "<!doctype html>");
    const { file, ...known } = FRAME;
    const frames: RawFrame[] = [
      { file: file ?? "", line: 1, column: 11 },
      { ...FRAME, debugId: "../../etc/passwd" },
      { ...FRAME, debugId: "0f0e1ddc-3b3a-5c5d-9a49-333333333333" },
      { ...FRAME, debugId: OTHER_ID },
      { line: 1, debugId: ID },
      { ...known, line: Number.NaN },
      { ...known, column: 0 },
      { ...known, column: 3 },
      { ...known, column: 7 },
      { ...known, line: 2 },
      known,
    ];
    expect(await resolverOf(folder).resolve("shop", frames)).toEqual([
      unresolved("no_debug_id"),
      unresolved("bad_debug_id"),
      unresolved("no_map"),
      unresolved("bad_map"),
      unresolved("no_position"),
      unresolved("no_position"),
      unresolved("no_position"),
      unresolved("not_mapped"),
      unresolved("not_mapped"),
      unresolved("not_mapped"),
      RESOLVED,
    ]);
  });

  it("never resolves with the map of another app, however the app is called", async () => {
    const folder = tempFolder();
    putMap(folder, "shop", ID, MAP);
    const resolver = resolverOf(folder);
    for (const service of ["desk", "SHOP", "../shop", "desk/../shop", "shop/", "", ".", "\0shop"]) {
      expect(await resolver.resolve(service, [FRAME]), service).toEqual([unresolved("no_map")]);
    }
  });

  it("follows no link to another app's maps or out of the folder", async () => {
    const folder = join(tempFolder(), "maps");
    const path = putMap(folder, "shop", ID, MAP);
    mkdirSync(join(folder, "desk"));
    symlinkSync(path, join(folder, "desk", `${ID}.map`));
    symlinkSync(join(folder, "shop"), join(folder, "copy"));
    const secret = join(folder, "../outside.map");
    writeFileSync(secret, MAP);
    symlinkSync(secret, join(folder, "desk", `${OTHER_ID}.map`));
    const resolver = resolverOf(folder);
    const frames = [FRAME, { ...FRAME, debugId: OTHER_ID }];
    expect(await resolver.resolve("desk", frames)).toEqual(frames.map(() => unresolved("no_map")));
    expect(await resolver.resolve("copy", [FRAME])).toEqual([unresolved("no_map")]);
  });

  it("works where the folder of all maps is a link", async () => {
    const folder = tempFolder();
    putMap(join(folder, "real"), "shop", ID, MAP);
    symlinkSync(join(folder, "real"), join(folder, "maps"));
    expect(await resolverOf(join(folder, "maps")).resolve("shop", [FRAME])).toEqual([RESOLVED]);
  });

  it("notices a map that arrives after the error, one that changes, and one that goes", async () => {
    const folder = tempFolder();
    const resolver = resolverOf(join(folder, "maps"));
    expect(await resolver.resolve("shop", [FRAME])).toEqual([unresolved("no_map")]);
    const path = putMap(join(folder, "maps"), "shop", ID, MAP);
    expect(await resolver.resolve("shop", [FRAME])).toEqual([RESOLVED]);
    putMap(join(folder, "maps"), "shop", ID, mapOf([[10, 0, 7, 0]]));
    expect(await resolver.resolve("shop", [FRAME])).toEqual([{ ...RESOLVED, line: 8, column: 1 }]);
    rmSync(path);
    expect(await resolver.resolve("shop", [FRAME])).toEqual([unresolved("no_map")]);
  });

  it("reads no map that is too large, in bytes of its file or of memory", async () => {
    const folder = tempFolder();
    const path = putMap(folder, "shop", ID, "");
    truncateSync(path, 64 * 1024 * 1024 + 1);
    putMap(folder, "shop", OTHER_ID, mapOf([], { mappings: hugeMappings(10_000) }));
    const resolver = resolverOf(folder, { ...PATIENT, maxCacheBytes: 100_000 });
    const frames = [FRAME, { ...FRAME, debugId: OTHER_ID }];
    expect(await resolver.resolve("shop", frames)).toEqual(
      frames.map(() => unresolved("map_too_large")),
    );
  });

  it("answers within its time, gives up the thread, and resolves the next stack with a new one", async () => {
    const folder = tempFolder();
    putMap(folder, "shop", ID, MAP);
    putMap(folder, "shop", OTHER_ID, mapOf([], { mappings: hugeMappings(2_000_000) }));
    const slow = { ...FRAME, debugId: OTHER_ID };
    const resolver = resolverOf(folder, { timeoutMillis: 1 });
    const both = await resolver.resolve("shop", [slow, { ...FRAME, debugId: "x" }]);
    expect(both).toEqual([unresolved("timed_out"), unresolved("bad_debug_id")]);
    const patient = resolverOf(folder);
    expect(await patient.resolve("shop", [FRAME])).toEqual([RESOLVED]);
  });

  it("goes on after a map that takes too much memory, and does not try that one again", async () => {
    const folder = tempFolder();
    putMap(folder, "shop", ID, MAP);
    // Short text, very many objects: a hundred megabytes when it is parsed.
    putMap(folder, "shop", OTHER_ID, `{"version":3,"x":[${"{},".repeat(1_500_000)}0]}`);
    const greedy = { ...FRAME, debugId: OTHER_ID };
    const resolver = resolverOf(folder, { ...PATIENT, maxHeapBytes: 33_554_432 });
    expect(await resolver.resolve("shop", [greedy])).toEqual([unresolved("out_of_memory")]);
    expect(await resolver.resolve("shop", [FRAME, greedy])).toEqual([
      RESOLVED,
      unresolved("out_of_memory"),
    ]);
  });

  it("keeps stacks apart that are asked for at the same time", async () => {
    const folder = tempFolder();
    putMap(folder, "shop", ID, MAP);
    putMap(folder, "desk", ID, mapOf([[10, 0, 41, 0]]));
    const resolver = resolverOf(folder);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        resolver.resolve(index % 2 === 0 ? "shop" : "desk", [FRAME]),
      ),
    );
    for (const [index, answer] of answers.entries()) {
      expect(answer).toEqual([index % 2 === 0 ? RESOLVED : { ...RESOLVED, line: 42, column: 1 }]);
    }
  });

  it("takes frames that hold more than they should", async () => {
    const folder = tempFolder();
    putMap(folder, "shop", ID, MAP);
    const odd = { ...FRAME, toString: () => "x", extra: Symbol("y") } as unknown as RawFrame;
    const wrong = { ...FRAME, line: "1" } as unknown as RawFrame;
    expect(await resolverOf(folder).resolve("shop", [odd, wrong])).toEqual([
      RESOLVED,
      unresolved("no_position"),
    ]);
  });

  it("answers what is asked after its end, and has no frames for none", async () => {
    const resolver = resolverOf(tempFolder());
    expect(await resolver.resolve("shop", [])).toEqual([]);
    const open = resolver.resolve("shop", [FRAME]);
    await resolver.close();
    expect(await open).toEqual([unresolved("resolver_failed")]);
    expect(await resolver.resolve("shop", [FRAME])).toEqual([unresolved("resolver_failed")]);
  });
});
