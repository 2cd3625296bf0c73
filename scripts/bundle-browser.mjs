// Makes `packages/browser/dist/sightline.js`, the script for pages without a build, of what the
// TypeScript build wrote. It is part of the build, because the gateway serves it; `pack` also writes
// the licences of what it holds (prepack). Its map stays beside it and out of the tarball.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "./bootstrap.mjs";
import { describeParts } from "./third-party.mjs";

const home = join(root, "packages/browser");

/** @param isPacked also writes the licences. */
export async function bundleBrowser(isPacked = false) {
  const entry = join(home, "dist/script.js");
  if (!existsSync(entry)) {
    throw new Error(
      `"packages/browser/dist/script.js" is not there: expected a build; run "npm run build" first`,
    );
  }
  const { build } = createRequire(join(home, "package.json"))("esbuild");
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: join(home, "dist/sightline.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    // Without the comment that would send every browser's tools looking for it.
    sourcemap: "external",
    banner: { js: `/*! Sightline ${version}, Apache-2.0; parts of others: THIRD-PARTY.txt */` },
    metafile: true,
    logLevel: "warning",
    absWorkingDir: root,
  });
  if (isPacked) {
    process.chdir(root);
    writeFileSync(join(home, "dist/THIRD-PARTY.txt"), describeParts(metafile.inputs));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await bundleBrowser(process.argv[2] === "pack");
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
