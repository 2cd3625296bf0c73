import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { build as viteBuild } from "vite";
import { describe, expect, it } from "vitest";
import webpack from "webpack";
import { sightline as esbuildPlugin } from "../../src/plugins/esbuild.ts";
import type { PluginOptions } from "../../src/plugins/plugin-options.ts";
import { sightline as vitePlugin } from "../../src/plugins/vite.ts";
import { SightlineSourceMaps } from "../../src/plugins/webpack.ts";
import { tempFolder } from "../support/temp.ts";

interface Project {
  readonly folder: string;
  readonly dist: string;
  readonly options: PluginOptions;
  stored: () => string[];
  script: () => string;
}

function project(
  code = "export const total = (items) => items.length; globalThis.t = total;",
): Project {
  const folder = tempFolder();
  const [dist, maps] = [join(folder, "dist"), join(folder, "maps")];
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src/main.js"), code);
  writeFileSync(join(folder, "index.html"), '<script type="module" src="/src/main.js"></script>');
  const scripts = (): string[] =>
    readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".js"));
  return {
    folder,
    dist,
    options: { service: "shop", mapsFolder: maps },
    stored: () => {
      try {
        return readdirSync(join(maps, "shop"));
      } catch {
        return [];
      }
    },
    script: () => readFileSync(join(dist, scripts()[0] ?? ""), "utf8"),
  };
}

const buildVite = (
  { folder, dist, options }: Project,
  more: object = {},
  build: object = {},
): Promise<unknown> =>
  viteBuild({
    root: folder,
    configFile: false,
    logLevel: "silent",
    plugins: [vitePlugin({ ...options, ...more })],
    build: { outDir: dist, ...build },
  });

const buildEsbuild = (
  { folder, dist, options }: Project,
  more: esbuild.BuildOptions = {},
): Promise<esbuild.BuildResult> =>
  esbuild.build({
    absWorkingDir: folder,
    entryPoints: ["src/main.js"],
    outdir: dist,
    bundle: true,
    minify: true,
    logLevel: "silent",
    plugins: [esbuildPlugin(options)],
    ...more,
  });

const buildWebpack = (
  { folder, dist, options }: Project,
  more: webpack.Configuration = {},
): Promise<webpack.Stats | undefined> =>
  new Promise((resolve, reject) => {
    const compiler = webpack({
      context: folder,
      mode: "production",
      entry: "./src/main.js",
      output: { path: dist },
      plugins: [new SightlineSourceMaps(options)],
      infrastructureLogging: { level: "none" },
      ...more,
    });
    compiler?.run((error, stats) => (error ? reject(error) : resolve(stats)));
  });

const WAYS: Readonly<Record<string, (project: Project) => Promise<unknown>>> = {
  vite: buildVite,
  webpack: buildWebpack,
  esbuild: buildEsbuild,
};

describe.each(Object.keys(WAYS))("the plugin of %s", (name) => {
  const run = (one: Project): Promise<unknown> => WAYS[name]?.(one) ?? Promise.reject(new Error());

  it("turns maps on, stores them, and leaves none in the build", async () => {
    const one = project();
    await run(one);
    const [map = ""] = one.stored();
    expect(one.script()).toContain(`//# debugId=${map.slice(0, 36)}`);
    const files = readdirSync(one.dist, { recursive: true, encoding: "utf8" });
    expect(files.filter((path) => path.endsWith(".map"))).toEqual([]);
    const stored = readFileSync(join(one.folder, "maps/shop", map), "utf8");
    expect(JSON.parse(stored)).toMatchObject({ sources: ["src/main.js"] });
  });

  it("can build again over an earlier build", async () => {
    const one = project();
    await run(one);
    const before = one.script();
    await run(one);
    expect(one.script()).toBe(before);
  });

  it("stops a build whose app has no proper name, and says why", async () => {
    const one = project();
    const wrong = { ...one, options: { ...one.options, service: "My Shop" } };
    await expect(run(wrong)).rejects.toThrow('"My Shop" is no name of an app');
  });
});

describe("the plugin of vite", () => {
  it("leaves alone what is built for a server, and does nothing where it is switched off", async () => {
    const server = project();
    await buildVite(server, {}, { ssr: "src/main.js" });
    expect(server.stored()).toEqual([]);
    const off = project();
    await buildVite(off, { enabled: false });
    expect(off.stored()).toEqual([]);
    expect(off.script()).not.toContain("debugId");
  });

  it("says nothing of its own after a build that failed", async () => {
    const broken = project("export const a = (;");
    await expect(buildVite(broken)).rejects.toThrow(/main\.js/);
    expect(broken.stored()).toEqual([]);
  });

  it("takes out maps that were asked for, also inline ones", async () => {
    for (const sourcemap of [true, "inline"]) {
      const one = project();
      await buildVite(one, {}, { sourcemap });
      expect(one.stored()).toHaveLength(1);
      expect(one.script()).not.toContain("sourceMappingURL");
    }
  });
});

describe("the plugin of webpack", () => {
  it("leaves development builds and builds with errors alone", async () => {
    const development = project();
    await buildWebpack(development, { mode: "development" });
    expect(development.stored()).toEqual([]);
    const broken = project("export const a = (;");
    expect((await buildWebpack(broken))?.hasErrors()).toBe(true);
    expect(broken.stored()).toEqual([]);
  });
});

describe("the plugin of esbuild", () => {
  it("leaves builds that do not minify alone", async () => {
    const one = project();
    await buildEsbuild(one, { minify: false });
    expect(one.stored()).toEqual([]);
  });

  it("touches what it built, and nothing beside it", async () => {
    const one = project();
    mkdirSync(join(one.folder, "public"));
    writeFileSync(join(one.folder, "public/other.js"), "var o;\n//# sourceMappingURL=other.js.map");
    writeFileSync(join(one.folder, "public/other.js.map"), "{");
    await esbuild.build({
      absWorkingDir: one.folder,
      entryPoints: ["src/main.js"],
      outfile: join(one.folder, "public/bundle.js"),
      bundle: true,
      minify: true,
      plugins: [esbuildPlugin(one.options)],
    });
    expect(one.stored()).toHaveLength(1);
    expect(readFileSync(join(one.folder, "public/other.js"), "utf8")).toContain("sourceMappingURL");
  });

  it("says that it needs files where there are none", async () => {
    await expect(buildEsbuild(project(), { write: false })).rejects.toThrow("must write its files");
  });
});
