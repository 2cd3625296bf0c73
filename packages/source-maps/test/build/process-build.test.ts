import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { FARO } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { openMapFolder } from "../../src/resolve/map-folder.ts";
import { type TestBuild, testBuild } from "../support/build.ts";
import { minify } from "../support/minify.ts";

const SOURCE = `export function total(items: { price: number }[]): number {
  return items.map((item) => item.price).reduce((sum, price) => sum + price, 0);
}
export const fail = (): never => {
  throw new Error("as asked");
};
`;
const { code: CODE, map: MAP } = minify(SOURCE);
const ID = "85314830-023f-4cf1-a267-535f4e37bb17";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const linked = (name: string): string => `${CODE}//# sourceMappingURL=${name}\n`;
const simple = (): TestBuild =>
  testBuild({ "main.js": linked("main.js.map"), "main.js.map": MAP, "index.html": "<p>hi" });
const sha = (bits: number, text: string): string =>
  `sha${bits}-${createHash(`sha${bits}`).update(text).digest("base64")}`;

/** Where the source says `text`, seen from where the built code says `built`. */
function resolveAt(build: TestBuild, path: string, built: string): unknown {
  const code = build.read(path);
  const debugId = /debugId=([0-9a-f-]{36})\s*$/.exec(code)?.[1] ?? "";
  const at = code.indexOf(built);
  const before = code.slice(0, at).split("\n");
  const frame = { debugId, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  return openMapFolder({ mapsFolder: build.mapsFolder }).resolve("shop", [frame])[0];
}

const THROWN = { status: "resolved", file: "src/cart.ts", line: 5, column: 9, function: "fail" };

describe("processBuild", () => {
  it("gives a script an id, stores its map, and leaves no trace of the map in the build", async () => {
    const build = simple();
    const { files, removed } = await build.processWell();
    const [file] = files;
    expect(file).toMatchObject({ path: "main.js", status: "stored", functions: 2 });
    expect(file?.debugId).toMatch(UUID);
    expect(removed).toEqual(["main.js.map"]);
    expect(build.files()).toEqual(["index.html", "main.js"]);
    expect(build.read("main.js")).not.toContain("sourceMappingURL");
    expect(build.read("main.js").trimEnd().endsWith(`//# debugId=${file?.debugId}`)).toBe(true);
    expect(build.read("index.html")).toBe("<p>hi");
    expect(resolveAt(build, "main.js", 'new Error("as asked")')).toEqual(THROWN);
  });

  it("stores the map for its owner alone, without the text of the sources", async () => {
    const build = simple();
    const [file] = (await build.processWell({ release: "1.2.0" })).files;
    const path = join(build.mapsFolder, "shop", `${file?.debugId}.map`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(build.mapsFolder, "shop")).mode & 0o777).toBe(0o700);
    const map = build.storedMap(file?.debugId ?? "");
    expect(map).toMatchObject({ version: 3, debugId: file?.debugId, sources: ["src/cart.ts"] });
    expect(map).toMatchObject({ file: "main.js", x_sightline_release: "1.2.0" });
    expect(map).not.toHaveProperty("sourcesContent");
    expect(file?.mapBytes).toBe(statSync(path).size);
  });

  it("gives the same build the same ids and bytes, and another path or code other ones", async () => {
    const [one, two] = [simple(), simple()];
    const [first] = (await one.processWell()).files;
    const [second] = (await two.processWell()).files;
    expect(second?.debugId).toBe(first?.debugId);
    expect(two.read("main.js")).toBe(one.read("main.js"));
    const moved = testBuild({ "a/main.js": linked("main.js.map"), "a/main.js.map": MAP });
    expect((await moved.processWell()).files[0]?.debugId).not.toBe(first?.debugId);
    const other = testBuild({ "main.js": `${CODE};`, "main.js.map": MAP });
    expect((await other.processWell()).files[0]?.debugId).not.toBe(first?.debugId);
  });

  it("changes nothing in a second run", async () => {
    const build = simple();
    const first = await build.processWell();
    const before = build.read("main.js");
    const second = await build.processWell();
    expect(second.files).toMatchObject([{ debugId: first.files[0]?.debugId, status: "unchanged" }]);
    expect(second.removed).toEqual([]);
    expect(build.read("main.js")).toBe(before);
  });

  it("knows its work again where another tool has written behind it", async () => {
    const build = simple();
    const first = await build.processWell();
    build.write("main.js", `${build.read("main.js")}/* build 7 */\n`);
    const second = await build.processWell();
    expect(second.files).toMatchObject([{ debugId: first.files[0]?.debugId, status: "unchanged" }]);
  });

  it("does the rest where an earlier run was killed half-way", async () => {
    const build = simple();
    await build.processWell();
    const done = build.read("main.js");
    // Killed after the script was written: the map of the code before is still there.
    build.write("main.js.map", MAP);
    const { removed } = await build.processWell();
    expect(removed).toEqual(["main.js.map"]);
    expect(resolveAt(build, "main.js", 'new Error("as asked")')).toEqual(THROWN);
    // Killed before: the map is stored and nothing else happened.
    build.write("main.js", linked("main.js.map"));
    build.write("main.js.map", MAP);
    await build.processWell();
    expect(build.read("main.js")).toBe(done);
  });

  describe("takes the id that a bundler gave", () => {
    it.each([
      ["in the script", `${CODE}//# debugId=${ID}\n//# sourceMappingURL=main.js.map`, MAP],
      [
        "behind the map's address",
        `${CODE}//# sourceMappingURL=main.js.map\n//# debugId=${ID}`,
        MAP,
      ],
      ["in capitals", `${CODE}//# debugId=${ID.toUpperCase()}\n`, MAP],
      ["in the map alone", CODE, JSON.stringify({ ...JSON.parse(MAP), debugId: ID })],
      ["in the map, as older ones", CODE, JSON.stringify({ ...JSON.parse(MAP), debug_id: ID })],
    ])("%s", async (_, code, map) => {
      const build = testBuild({ "main.js": code, "main.js.map": map });
      expect((await build.processWell()).files[0]?.debugId).toBe(ID);
      expect(build.read("main.js").match(/debugId=/g)).toHaveLength(1);
      expect(build.read("main.js")).toContain(`//# debugId=${ID}`);
    });

    it("and makes one where it is no UUID", async () => {
      const build = testBuild({ "main.js": `${CODE}//# debugId=../x\n`, "main.js.map": MAP });
      expect((await build.processWell()).files[0]?.debugId).toMatch(UUID);
      expect(build.read("main.js")).not.toContain("../x");
    });
  });

  describe("finds the map", () => {
    const inline = `data:application/json;charset=utf-8;base64,${Buffer.from(MAP).toString("base64")}`;
    const sections = JSON.stringify({
      version: 3,
      sections: [{ offset: { line: 0, column: 0 }, map: JSON.parse(MAP) }],
    });
    it.each<[string, Record<string, string>]>([
      ["inside the script", { "main.js": linked(inline) }],
      [
        "inside the script, percent-encoded",
        { "main.js": linked(`data:application/json,${encodeURIComponent(MAP)}`) },
      ],
      ["hidden beside it", { "main.js": CODE, "main.js.map": MAP }],
      [
        "in another folder, where its sources start",
        { "main.js": linked("maps/m.map"), "maps/m.map": MAP.replace("../src", "../../src") },
      ],
      ["from the root", { "main.js": linked("/m%20x.map?v=1"), "m x.map": MAP }],
      [
        "beside it, where its address is a public one",
        { "main.js": linked("https://cdn.example/main.js.map"), "main.js.map": MAP },
      ],
      ["made of sections", { "main.js": CODE, "main.js.map": sections }],
      ["with a guard before the JSON", { "main.js": CODE, "main.js.map": `)]}'\n${MAP}` }],
      ["of a module", { "main.js": CODE.replace(/$/, ""), "main.js.map": MAP }],
    ])("%s", async (_, content) => {
      const build = testBuild(content);
      await build.processWell();
      expect(build.files()).toEqual(["main.js"]);
      expect(build.read("main.js")).not.toContain("sourceMappingURL");
      expect(resolveAt(build, "main.js", 'new Error("as asked")')).toEqual(THROWN);
    });
  });

  describe("keeps the script working and its map right", () => {
    it.each([
      [
        "'use strict' and other directives",
        '"use strict";"use client";',
        "",
        '"use strict";"use client";',
      ],
      [
        "a directive on a line of its own",
        '/*! licence */\n"use strict"\n',
        "",
        '/*! licence */\n"use strict"',
      ],
      ["a comment behind a directive", "'use strict' // a\n/* b */\n", "", "'use strict'"],
      ["a comment before its semicolon", '"use strict"/*a*/;', "", '"use strict"/*a*/;'],
      ["a string that the next line goes on with", '"use strict"\n+1;', "", ""],
      ["a line that starts an interpreter", "#!/usr/bin/env node\n", "", "#!/usr/bin/env node\n"],
      ["a comment before the code", "/* a */ // b\n", "", ""],
      ["a byte order mark", "\ufeff", "", "\ufeff"],
      ["a string that starts an expression", '"use strict"+"";', "", ""],
      ["an address of a map in a string", "", 'var s="//# sourceMappingURL=x.map";', ""],
      ["carriage returns", "\r\n\r\n", "\r\n", ""],
    ])("with %s", async (_, head, tail, before) => {
      const script = CODE.replace(/export\{.*$/s, "");
      const at = head.replace(/^\ufeff/, "").split("\n");
      const map = JSON.stringify({
        version: 3,
        sections: [
          { offset: { line: at.length - 1, column: at.at(-1)?.length }, map: JSON.parse(MAP) },
        ],
      });
      const build = testBuild({ "main.js": head + script + tail, "main.js.map": map });
      await build.processWell();
      const code = build.read("main.js");
      expect(code.slice(0, code.indexOf(";!function(){try{"))).toBe(before);
      expect(resolveAt(build, "main.js", 'new Error("as asked")')).toEqual(THROWN);
      const seen: Record<string, unknown> = {};
      const runnable = code.replace(/^\ufeff/, "").replace(/^#!.*/, "");
      runInNewContext(`${runnable};this.isStrict=(function(){return this===undefined})()`, seen);
      expect(seen["isStrict"]).toBe(before.includes("use strict"));
      const ids = Object.values(seen[FARO.debugIdsGlobal] as Record<string, string>);
      expect(code).toContain(`//# debugId=${ids[0]}`);
    });

    it("in a worker that is a module", async () => {
      const build = simple();
      const [file] = (await build.processWell()).files;
      writeFileSync(
        join(build.dist, "worker.mjs"),
        `import { parentPort } from "node:worker_threads";
         await import("./main.js");
         parentPort.postMessage(globalThis.${FARO.debugIdsGlobal});`,
      );
      writeFileSync(join(build.dist, "package.json"), '{"type":"module"}');
      const worker = new Worker(join(build.dist, "worker.mjs"));
      const ids = await new Promise<Record<string, string>>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
      await worker.terminate();
      expect(Object.values(ids)).toEqual([file?.debugId]);
      expect(Object.keys(ids)[0]).toMatch(/main\.js:1:\d+/);
    });

    it.each([
      ["Error", "Error = undefined;"],
      ["globalThis", "globalThis = undefined;"],
      ["its own global", `Object.defineProperty(this, "${FARO.debugIdsGlobal}", { value: null });`],
    ])("where a page has made away with %s", async (_, prelude) => {
      const build = simple();
      await build.processWell();
      const script = build.read("main.js").replace(/export\{.*$/s, "");
      expect(() => runInNewContext(prelude + script)).not.toThrow();
    });
  });

  describe("keeps hashes of changed files right", () => {
    it("in pages, import maps, run times and Angular's ngsw.json, through chains of them", async () => {
      const chunk = `${CODE}\n//# sourceMappingURL=chunk.js.map`;
      const main = `var h="${sha(384, chunk)}";${CODE}`;
      const page =
        `<script src="/main.js?v=1" integrity="${sha(256, main)} ${sha(512, main)}"></script>` +
        `<link rel="modulepreload" href=./chunk.js integrity=${sha(384, chunk)}>` +
        `<script type="importmap">{"integrity":{"/chunk.js":"${sha(384, chunk)}"}}</script>` +
        `<script src="https://cdn.example/x.js" integrity="sha256-${"A".repeat(43)}="></script>`;
      const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");
      const ngsw = JSON.stringify({
        hashTable: { "/index.html": sha1(page), "/main.js": sha1(main), "/x.png": sha1("x") },
      });
      const build = testBuild({
        "main.js": main,
        "main.js.map": MAP,
        "chunk.js": chunk,
        "chunk.js.map": MAP,
        "index.html": page,
        "ngsw.json": ngsw,
      });
      const { rewritten } = await build.processWell();
      expect(rewritten).toEqual(["index.html", "ngsw.json"]);
      const [newMain, newChunk, newPage] = ["main.js", "chunk.js", "index.html"].map(build.read);
      expect(newMain).toContain(sha(384, newChunk ?? ""));
      expect(newPage).toContain(`"${sha(256, newMain ?? "")} ${sha(512, newMain ?? "")}"`);
      expect(newPage?.split(sha(384, newChunk ?? ""))).toHaveLength(3);
      expect(newPage).toContain(`sha256-${"A".repeat(43)}=`);
      expect(JSON.parse(build.read("ngsw.json")).hashTable).toEqual({
        "/index.html": sha1(newPage ?? ""),
        "/main.js": sha1(newMain ?? ""),
        "/x.png": sha1("x"),
      });
    });

    it("and refuses a build whose page would not load even now", async () => {
      const build = simple();
      const wrong = sha(384, "something else");
      build.write("index.html", `<script src="/app/main.js" integrity="${wrong}"></script>`);
      const { faults } = await build.process();
      expect(faults).toMatchObject([{ kind: "wrong_integrity", path: "index.html" }]);
      expect(faults[0]?.message).toContain(wrong);
      expect(build.read("main.js")).toBe(linked("main.js.map"));
    });

    it("and makes compressed copies anew", async () => {
      const build = simple();
      build.write("main.js.gz", "old");
      build.write("main.js.br", "old");
      build.write("index.html.gz", "stays");
      const { rewritten } = await build.processWell();
      expect(rewritten).toEqual(["main.js.br", "main.js.gz"]);
      const code = build.read("main.js");
      expect(gunzipSync(readFileSync(join(build.dist, "main.js.gz"))).toString()).toBe(code);
      expect(brotliDecompressSync(readFileSync(join(build.dist, "main.js.br"))).toString()).toBe(
        code,
      );
      expect(build.read("index.html.gz")).toBe("stays");
    });
  });

  it("takes maps of style sheets out, too", async () => {
    const build = simple();
    build.write("a.css", "p{}\n/*# sourceMappingURL=a.css.map */");
    build.write("a.css.map", "{}");
    build.write("b.css", "p{}");
    expect((await build.processWell()).removed).toEqual(["a.css.map", "main.js.map"]);
    expect(build.read("a.css")).toBe("p{}\n");
    expect(build.read("b.css")).toBe("p{}");
  });

  it("names sources from the project, wherever the build lies", async () => {
    const map = JSON.stringify({
      ...JSON.parse(MAP),
      sourceRoot: "",
      sources: ["/home/ci/shop/src/cart.ts"],
    });
    const build = testBuild({ "a/b/main.js": CODE, "a/b/main.js.map": map });
    const [file] = (await build.processWell({ projectFolder: "/home/ci/shop" })).files;
    expect(build.storedMap(file?.debugId ?? "")["sources"]).toEqual(["src/cart.ts"]);
  });

  describe("tells faults, all of them in one run, and writes nothing", () => {
    const other = minify(`${SOURCE}\n${SOURCE.replaceAll("total", "sum").replaceAll("fail", "f")}`);
    it.each<[string, string, Record<string, string>, string]>([
      ["no_maps_at_all", "a build without maps", { "main.js": CODE }, "no file in"],
      ["no_code", "a folder without scripts", { "main.css": "p{}" }, "has no .js file"],
      ["bad_map", "a map that is not JSON", { "main.js.map": "{" }, "it is not JSON"],
      ["bad_map", "a map of version 2", { "main.js.map": '{"version":2}' }, "version is 2"],
      [
        "bad_map",
        "mappings that are none",
        { "main.js.map": '{"version":3,"sources":[],"mappings":"AAAA"}' },
        "source 0",
      ],
      [
        "bad_map",
        "an inline map that is not encoded",
        { "main.js": linked("data:application/json,%E0%A4%A") },
        "not encoded",
      ],
      ["map_of_another_file", "the map of another file", { "main.js.map": other.map }, "column"],
      [
        "map_of_another_file",
        "ids that differ",
        {
          "main.js": `${CODE}//# debugId=${ID}`,
          "main.js.map": JSON.stringify({ ...JSON.parse(MAP), debugId: ID.replace("8", "9") }),
        },
        "95314830",
      ],
      ["map_elsewhere", "a map of the web", { "main.js": linked("https://c.example/m") }, "https:"],
      ["map_elsewhere", "a map of another folder", { "main.js": linked("../../m.map") }, "../../m"],
      ["orphan_map", "a map of no file", { "gone.js.map": MAP }, "no file of the build"],
    ])("%s: %s", async (kind, _, content, text) => {
      const needsMap = kind !== "no_maps_at_all" && kind !== "no_code" && kind !== "map_elsewhere";
      const build = testBuild({
        ...(needsMap && { "main.js": CODE, "main.js.map": MAP }),
        ...content,
      });
      const before = build.files().map(build.read);
      const { faults } = await build.process();
      const found = faults.find((fault) => fault.kind === kind);
      expect(found?.severity).toBe("error");
      expect(found?.message).toContain(text);
      expect(found?.advice).not.toBe("");
      expect(build.files().map(build.read)).toEqual(before);
      const stored = kind === "no_code" ? [] : readdirSync(join(build.mapsFolder, "shop"));
      expect(stored).toEqual([]);
    });

    it("not where some scripts have no map: that is told, and the others are done", async () => {
      const build = simple();
      build.write("vendor.js", "var v;");
      build.write("old.js", "var o;\n//# sourceMappingURL=old.js.map");
      const { faults, files } = await build.process();
      expect(faults.map(({ kind, path, severity }) => [kind, path, severity])).toEqual([
        ["map_missing", "old.js", "warning"],
        ["no_map", "vendor.js", "warning"],
      ]);
      expect(files.map(({ path }) => path)).toEqual(["main.js"]);
      expect(build.read("vendor.js")).toBe("var v;");
    });

    it("where a build was done before and its maps are somewhere else", async () => {
      const build = simple();
      await build.processWell();
      const { faults } = await build.process({ mapsFolder: join(build.dist, "../others") });
      expect(faults).toMatchObject([{ kind: "map_lost", path: "main.js" }]);
    });

    it("where the folder is none, the app is a path, or the maps would be published", async () => {
      const build = simple();
      const kinds = async (options: Parameters<TestBuild["process"]>[0]): Promise<unknown> =>
        (await build.process(options)).faults.map(({ kind }) => kind);
      expect(await kinds({ folder: join(build.dist, "none") })).toEqual(["no_folder"]);
      expect(await kinds({ service: "../../etc" })).toEqual(["bad_service"]);
      expect(await kinds({ mapsFolder: join(build.dist, "maps") })).toEqual(["maps_in_build"]);
      expect(await kinds({ mapsFolder: join(build.dist, "main.js") })).toEqual(["maps_in_build"]);
    });

    it("where the app's folder of maps is a link", async () => {
      const build = simple();
      await build.processWell();
      symlinkSync(join(build.mapsFolder, "shop"), join(build.mapsFolder, "desk"));
      const { faults } = await build.process({ service: "desk" });
      expect(faults).toMatchObject([{ kind: "maps_folder" }]);
    });

    it("where two files have one id, and where a script is not UTF-8", async () => {
      const build = testBuild({
        "a.js": `${CODE}//# debugId=${ID}`,
        "a.js.map": MAP,
        "b.js": `var b;${CODE}//# debugId=${ID}`,
        "b.js.map": MAP,
        "c.js": Buffer.from([0x76, 0x61, 0x72, 0x20, 0xe9, 0x3b]),
      });
      expect((await build.process()).faults.map(({ kind }) => kind).sort()).toEqual([
        "not_utf8",
        "same_id",
      ]);
    });

    it("not where the code is too new or too deep to name its functions", async () => {
      const deep = `x=${"(".repeat(50_000)}1${")".repeat(50_000)};`;
      const build = testBuild({ "main.js": `${CODE}${deep}`, "main.js.map": MAP });
      const { faults } = await build.process();
      expect(faults).toMatchObject([{ kind: "no_function_names", severity: "warning" }]);
      const { function: _, ...place } = THROWN;
      expect(resolveAt(build, "main.js", 'new Error("as asked")')).toEqual(place);
    });
  });

  it("does the files it is told, and leaves the others of the folder alone", async () => {
    const build = simple();
    build.write("tool.js", linked("tool.js.map"));
    build.write("tool.js.map", "{");
    await build.processWell({ only: ["main.js", "main.js.map"] });
    expect(build.files()).toEqual(["index.html", "main.js", "tool.js", "tool.js.map"]);
  });

  it("follows no links, and says so", async () => {
    const build = simple();
    writeFileSync(join(build.dist, "../secret.js"), linked("x"));
    symlinkSync(join(build.dist, "../secret.js"), join(build.dist, "linked.js"));
    const { faults } = await build.process();
    expect(faults).toMatchObject([{ kind: "link", path: "linked.js", severity: "warning" }]);
    expect(readFileSync(join(build.dist, "../secret.js"), "utf8")).toBe(linked("x"));
  });
});
