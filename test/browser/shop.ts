import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrors, processBuild } from "@sightline/source-maps";
import { build } from "esbuild";

const SOURCES = join(import.meta.dirname, "fixtures/shop");

export interface ShopBuild {
  readonly sources: string;
  readonly folder: string;
  readonly mapsFolder: string;
  readonly service: string;
  readonly key: string;
  readonly gatewayUrl: string;
  readonly release: string;
}

/** The page as a team deploys it: one minified file with a hash in its name, its map at the gateway. */
export async function buildShop(options: ShopBuild): Promise<void> {
  const { sources, folder, gatewayUrl, key, release } = options;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(sources, "main.js")],
    absWorkingDir: sources,
    // A copy of the sources finds the package where the tests find it.
    nodePaths: [join(import.meta.dirname, "../../node_modules")],
    bundle: true,
    minify: true,
    sourcemap: true,
    format: "esm",
    target: "es2022",
    outdir: folder,
    entryNames: "assets/[name]-[hash]",
    define: {
      GATEWAY_URL: JSON.stringify(gatewayUrl),
      GATEWAY_KEY: JSON.stringify(key),
      RELEASE: JSON.stringify(release),
    },
    metafile: true,
    logLevel: "silent",
  });
  const [entry] = Object.entries(metafile.outputs)
    .filter(([, { entryPoint }]) => entryPoint !== undefined)
    .map(([path]) => path.slice(path.indexOf("assets/")));
  const page = readFileSync(join(SOURCES, "index.html"), "utf8");
  writeFileSync(join(folder, "index.html"), page.replace("%ENTRY%", `/${entry}`));
  const { service, mapsFolder } = options;
  cpSync(join(SOURCES, "plain.html"), join(folder, "plain.html"));
  const report = await processBuild({
    folder,
    mapsFolder,
    service,
    release,
    projectFolder: sources,
  });
  if (hasErrors(report)) throw new Error(JSON.stringify(report.faults));
}

/** Number of the line of a source that has this text, from 1. */
export function lineOf(file: string, text: string): number {
  const lines = readFileSync(join(SOURCES, file), "utf8").split("\n");
  const index = lines.findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`"${text}" is not in ${file}`);
  return index + 1;
}
