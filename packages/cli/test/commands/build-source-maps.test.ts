import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../src/run.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

const CODE = "function a(){throw 1}a();";
const MAP = {
  version: 3,
  sources: ["../src/cart.ts"],
  sourcesContent: ["function total() { throw 1 }\ntotal();"],
  names: ["total"],
  mappings: "AAAA,SAASA",
};

interface Site {
  readonly dist: string;
  readonly data: string;
  readonly build: (...args: string[]) => Promise<{ code: number; stdout: string; stderr: string }>;
}

function site(): Site {
  const folder = tempDirectory();
  const dist = join(folder, "dist");
  const data = join(folder, "data");
  mkdirSync(dist);
  writeFileSync(join(dist, "main.js"), `${CODE}\n//# sourceMappingURL=main.js.map\n`);
  writeFileSync(join(dist, "main.js.map"), JSON.stringify(MAP));
  return {
    dist,
    data,
    build: async (...args) => {
      const io = recordIo({ HOME: folder, SIGHTLINE_DATA: data, NO_COLOR: "1" });
      const code = await run(["build", ...args], io);
      return { code, stdout: io.stdout(), stderr: io.stderr() };
    },
  };
}

describe("sightline build --sourcemaps", () => {
  it("stores the maps where the gateway of this machine reads, and nothing of them stays", async () => {
    const { dist, data, build } = site();
    const { code, stdout } = await build("--sourcemaps", dist, "--app", "shop-web");
    expect(code).toBe(0);
    expect(readdirSync(dist)).toEqual(["main.js"]);
    const [map = ""] = readdirSync(join(data, "gateway/maps/shop-web"));
    expect(map).toMatch(/^[0-9a-f-]{36}\.map$/);
    const script = readFileSync(join(dist, "main.js"), "utf8");
    expect(script).toContain(`//# debugId=${map.slice(0, 36)}`);
    expect(script).not.toContain("sourceMappingURL");
    expect(stdout).toContain(`+ main.js  ${map.slice(0, 36)}`);
    expect(stdout).toContain("- main.js.map");
  });

  it("stores them in a folder to copy where --maps says one, and tells it as JSON", async () => {
    const { dist, data, build } = site();
    const maps = join(dist, "../maps");
    const args = ["--sourcemaps", dist, "--app", "shop-web", "--maps", maps, "--release", "1.2.0"];
    const { code, stdout } = await build(...args, "--json");
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ service: "shop-web", release: "1.2.0", mapsFolder: maps });
    expect(existsSync(join(maps, "shop-web", `${report.files[0].debugId}.map`))).toBe(true);
    expect(existsSync(data)).toBe(false);
  });

  it("changes nothing when it is called again", async () => {
    const { dist, build } = site();
    await build("--sourcemaps", dist, "--app", "shop-web");
    const before = readFileSync(join(dist, "main.js"), "utf8");
    const { code, stdout } = await build("--sourcemaps", dist, "--app", "shop-web");
    expect(code).toBe(0);
    expect(stdout).toContain("= main.js");
    expect(readFileSync(join(dist, "main.js"), "utf8")).toBe(before);
  });

  it("warns of an app that the specification does not have", async () => {
    const { dist, data, build } = site();
    const file = join(dist, "../sightline.yaml");
    writeFileSync(
      file,
      "apps: [{name: shop-web, key: c0ffee12}, {name: desk-web, key: c0ffee34}]\n",
    );
    const { code, stderr } = await build("--sourcemaps", dist, "--app", "shop-wb", "--file", file);
    expect(stderr).toContain(`has no app "shop-wb": did you mean shop-web?`);
    expect(code).toBe(0);
    expect(readdirSync(join(data, "gateway/maps"))).toEqual(["shop-wb"]);
    const known = await site().build(
      "--sourcemaps",
      site().dist,
      "--app",
      "desk-web",
      "--file",
      file,
    );
    expect(known.stderr).toBe("");
  });

  it("tells every fault in one run, writes nothing then, and ends with 3", async () => {
    const { dist, data, build } = site();
    writeFileSync(join(dist, "a.js"), "a()//# sourceMappingURL=https://cdn.example.com/a.js.map");
    writeFileSync(join(dist, "b.js"), "b();");
    writeFileSync(join(dist, "b.js.map"), "{");
    writeFileSync(join(dist, "gone.js.map"), JSON.stringify(MAP));
    const { code, stderr } = await build("--sourcemaps", dist, "--app", "shop-web");
    expect(code).toBe(3);
    expect(stderr).toContain("error a.js: its map is outside the build: https://cdn.example.com/");
    expect(stderr).toContain("error b.js: b.js.map: it is not JSON");
    expect(stderr).toContain("error gone.js.map: it belongs to no file of the build");
    expect(stderr).toContain("nothing was written");
    expect(readFileSync(join(dist, "main.js"), "utf8")).toContain("sourceMappingURL");
    expect(readdirSync(join(data, "gateway/maps/shop-web"))).toEqual([]);
  });

  it.each([
    ["no app", ["--sourcemaps", "dist"], "--sourcemaps needs the name of the app"],
    ["an app alone", ["--app", "shop-web"], "belong to --sourcemaps <folder>"],
    [
      "an app that is a path",
      ["--sourcemaps", ".", "--app", "../x"],
      '"../x" is no name of an app',
    ],
    ["a folder that is not there", ["--sourcemaps", "/none", "--app", "x"], "/none is no folder"],
    ["options of the other build", ["--sourcemaps", ".", "--app", "x", "--check"], "--check"],
  ])("says what was wrong with %s, and ends with 64", async (_, args, text) => {
    const { code, stderr } = await site().build(...args);
    expect(stderr).toContain(text);
    expect(code).toBe(64);
  });
});
