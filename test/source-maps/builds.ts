import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processBuild } from "@sightline/source-maps";
import { sightline } from "@sightline/source-maps/vite";
import { SightlineSourceMaps } from "@sightline/source-maps/webpack";
import * as esbuild from "esbuild";
import { build as viteBuild } from "vite";
import webpack from "webpack";

export const SERVICE = "shop-web";
const FIXTURE = new URL("fixtures/shop/", import.meta.url).pathname;
/** Its script, and the part that each bundler is asked to load by itself. */
const PAGE = (script: string, attributes = ""): string =>
  `<!doctype html><title>Shop</title><script type="module" src="${script}"${attributes}></script>`;

export interface Build {
  readonly project: string;
  /** What is published. */
  readonly dist: string;
  readonly mapsFolder: string;
}

/** The example's sources in a folder of their own, to be changed for the next deployment. */
export function copyProject(folder: string): string {
  mkdirSync(folder, { recursive: true });
  cpSync(FIXTURE, folder, { recursive: true });
  return folder;
}

/** Another release: lines move, every minified name and every chunk gets another one. */
export function changeSources(project: string): void {
  const cart = join(project, "src/cart.ts");
  const added = [
    "export function label(item: Item): string {",
    "  return `${item.name}${item.price === undefined ? '' : ', with a price'}`;",
    "}",
    "globalThis.addEventListener?.('focus', () => { document.title = label({ name: 'shop' }); });",
    "",
  ];
  writeFileSync(cart, added.join("\n") + readFileSync(cart, "utf8"));
  const invoice = join(project, "src/invoice.ts");
  writeFileSync(
    invoice,
    `export const printed = new Map<string, number>();\n\n${readFileSync(invoice, "utf8")}`,
  );
}

/** Each way to build, as a user of that bundler has it. */
export const BUNDLERS: Readonly<Record<string, (build: Build) => Promise<void>>> = {
  async vite({ project, dist, mapsFolder }) {
    await viteBuild({
      root: project,
      configFile: false,
      logLevel: "error",
      plugins: [sightline({ service: SERVICE, mapsFolder })],
      build: { outDir: dist, emptyOutDir: true },
    });
  },

  async webpack({ project, dist, mapsFolder }) {
    const compiler = webpack({
      context: project,
      mode: "production",
      entry: "./src/main.ts",
      output: {
        path: dist,
        filename: "main-[contenthash].js",
        chunkFilename: "part-[contenthash].js",
        publicPath: "/",
      },
      module: { rules: [{ test: /\.ts$/, use: join(FIXTURE, "esbuild-loader.cjs") }] },
      plugins: [new SightlineSourceMaps({ service: SERVICE, mapsFolder })],
      infrastructureLogging: { level: "error" },
    });
    if (compiler === null) throw new Error("webpack made no compiler");
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) =>
      compiler.run((error, result) => (error ? reject(error) : resolve(result))),
    );
    if (stats?.hasErrors()) throw new Error(stats.toString());
    writeFileSync(join(dist, "index.html"), PAGE(`/${mainOf(dist)}`));
  },

  /** With `integrity` in the page, and `sightline build --sourcemaps` afterwards. */
  async esbuild({ project, dist, mapsFolder }) {
    await esbuild.build({
      absWorkingDir: project,
      entryPoints: ["src/main.ts"],
      entryNames: "[name]-[hash]",
      outdir: dist,
      bundle: true,
      splitting: true,
      format: "esm",
      target: "es2017",
      minify: true,
      sourcemap: true,
    });
    const script = readFileSync(join(dist, mainOf(dist)));
    const hash = createHash("sha384").update(script).digest("base64");
    writeFileSync(
      join(dist, "index.html"),
      PAGE(`/${mainOf(dist)}`, ` integrity="sha384-${hash}"`),
    );
    const report = await processBuild({ folder: dist, mapsFolder, service: SERVICE });
    if (report.faults.length > 0) throw new Error(JSON.stringify(report.faults));
  },
};

function mainOf(dist: string): string {
  const name = readdirSync(dist).find((file) => /^main-.*\.js$/.test(file));
  if (name === undefined) throw new Error(`no main script in ${readdirSync(dist).join(", ")}`);
  return name;
}

/** Line of the source that holds a text, from 1. */
export function lineOf(project: string, file: string, text: string): number {
  const index = readFileSync(join(project, file), "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`${file} does not hold ${text}`);
  return index + 1;
}
