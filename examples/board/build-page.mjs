// Builds the page's scripts as a team would ship them: one minified file, its source map apart.
//   node examples/board/build-page.mjs
// The map goes to dist/maps, from where `sightline up` gives it to its gateway.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sightline } from "@sightline/source-maps/esbuild";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));
const output = join(folder, "dist/page");
const maps = join(folder, "dist/maps");
/** As in sightline.yaml. */
const SERVICE = "board-web";

/** Does nothing where the page is as new as what it is made of. */
export async function buildPage() {
  if (isFresh()) return;
  // Beside the real folder, and then in its place: who asks for the page meanwhile gets a whole one.
  const draft = join(folder, `dist/page.${process.pid}`);
  try {
    await bundle(draft);
    rmSync(output, { recursive: true, force: true });
    renameSync(draft, output);
  } catch (error) {
    // Another one of us was as fast, and its page is the same.
    if (!["ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function bundle(outdir) {
  mkdirSync(outdir, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  await build({
    absWorkingDir: folder,
    entryPoints: ["page/main.js"],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    define: { RELEASE: JSON.stringify(version) },
    logLevel: "warning",
    plugins: [sightline({ service: SERVICE, mapsFolder: maps, release: version })],
  });
}

function isFresh() {
  const built = timeOf(join(output, "main.js"));
  const packages = ["browser", "source-maps"].map((name) =>
    join(folder, "../../packages", name, "dist"),
  );
  const sources = [join(folder, "page"), ...packages].flatMap(filesBelow);
  return (
    built > 0 && [fileURLToPath(import.meta.url), ...sources].every((file) => timeOf(file) <= built)
  );
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".js"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
