import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { build, type Metafile } from "esbuild";
import type { PartContext } from "../part.ts";
import { CANDIDATES, type Program } from "./candidates.ts";

const STAMP = ".installed";

/** What a page loads of one candidate. */
export type Bundle = {
  /** Name of the file that the page names. */
  readonly entry: string;
  /** Names of the files that come with it. */
  readonly eager: readonly string[];
  /** Names of those that come later, when they are needed. */
  readonly lazy: readonly string[];
  readonly files: ReadonlyMap<string, Buffer>;
};

let made: Promise<ReadonlyMap<Program, Bundle>> | undefined;

/** Once for all parts of a run, so that all of them measure the same. */
export function bundleCandidates(context: PartContext): Promise<ReadonlyMap<Program, Bundle>> {
  made ??= bundleAll(context);
  return made;
}

async function bundleAll({ root, note }: PartContext): Promise<ReadonlyMap<Program, Bundle>> {
  const peers = installPeers(join(root, "benchmarks/browser/peers"), note);
  const bundles = new Map<Program, Bundle>();
  for (const { program } of CANDIDATES) bundles.set(program, await bundle(root, peers, program));
  return bundles;
}

async function bundle(root: string, peers: string, program: Program): Promise<Bundle> {
  const outdir = "/bundle";
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, "benchmarks/browser/programs", `${program}.js`)],
    // Ours and Faro come from the repository, everybody else from the folder of the peers.
    nodePaths: [join(peers, "node_modules"), join(root, "packages/browser/node_modules")],
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    target: "es2022",
    legalComments: "none",
    outdir,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const entry = `${program}.js`;
  const eager = staticFiles(metafile, entry);
  const files = new Map(
    outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]),
  );
  return { entry, eager, lazy: [...files.keys()].filter((name) => !eager.includes(name)), files };
}

/** The entry and all that it imports before its first line runs. */
function staticFiles({ outputs }: Metafile, entry: string): string[] {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const found = new Set([entry]);
  for (const name of found) {
    for (const { path, kind } of byName.get(name)?.imports ?? []) {
      if (kind === "import-statement") found.add(basename(path));
    }
  }
  return [...found];
}

/** `npm ci` where the lockfile is another one than last time; from the registry that the user has. */
function installPeers(from: string, note: PartContext["note"]): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const to = join(cache, "sightline/bench/browser");
  const files = ["package.json", "package-lock.json"];
  const digest = createHash("sha256");
  for (const name of files) digest.update(readFileSync(join(from, name)));
  const stamp = digest.digest("hex");
  const stampPath = join(to, STAMP);
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) return to;
  note(`installing ${to}`);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of files) cpSync(join(from, name), join(to, name));
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: to, stdio: "pipe" });
  writeFileSync(stampPath, stamp);
  return to;
}
