// Packs @sightline/node as few files (prepack), and puts the build back afterwards (postpack). Node
// takes about 0.2 ms for each file of an import, and our own and OpenTelemetry's SDK are 500 of them:
// as bundles they start in half the time, with a fifth less memory. The API of OpenTelemetry stays
// outside, because it must be the one copy that all packages of a process share; drivers'
// instrumentations stay outside, because they are loaded with their driver only.
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./bootstrap.mjs";
import { describeParts } from "./third-party.mjs";

const home = join(root, "packages/node");
const dist = join(home, "dist");
/** Where the build waits meanwhile. */
const kept = join(home, "dist-unbundled");
const draft = join(home, "dist-bundled");

const BUNDLED =
  /^(?:@sightline\/(?:core|wire)|@opentelemetry\/(?:context-async-hooks|core|otlp-transformer|resources|sdk-(?:logs|metrics|trace)|semantic-conventions))(?:\/|$)/;

if (existsSync(kept)) putBack();
if (process.argv[2] === "bundle") await bundle();

function putBack() {
  rmSync(dist, { recursive: true, force: true });
  renameSync(kept, dist);
}

async function bundle() {
  if (!existsSync(dist)) {
    console.error('"packages/node/dist" is not there: expected a build; run "npm run build" first');
    process.exit(1);
  }
  const { build } = createRequire(join(home, "package.json"))("esbuild");
  const { exports } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const entryPoints = Object.values(exports).map((entry) => join(home, entry.default));
  rmSync(draft, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints,
    outdir: draft,
    outbase: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.15",
    chunkNames: "chunks/[name]-[hash]",
    metafile: true,
    logLevel: "warning",
    plugins: [{ name: "keep-outside", setup: keepOutside }],
  });
  for (const file of readdirSync(dist, { recursive: true })) {
    if (!file.endsWith(".d.ts")) continue;
    cpSync(join(dist, file), join(draft, file));
  }
  writeFileSync(join(draft, "THIRD-PARTY.txt"), describeParts(metafile.inputs));
  renameSync(dist, kept);
  renameSync(draft, dist);
}

function keepOutside({ onResolve }) {
  onResolve({ filter: /^[^./]/ }, ({ path }) =>
    BUNDLED.test(path) || path.startsWith("#") ? undefined : { path, external: true },
  );
}
