import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../docker/images.ts";
import { repositoryRoot } from "../harness/stack.ts";

/** Our packages in the lockfile of an Angular folder; each test run brings its own build of them. */
const LOCAL_PACKAGES = ["packages/browser", "packages/core"];
const INSTALL_TIMEOUT_MILLIS = 240_000;
/** Begins the names of folders that builds make below an installation. */
export const BUILD_PREFIX = "run-";
const BUILD_DAYS = 1;
const LOCKFILE_DAYS = 30;
const CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
const PATIENCE = [
  "--fetch-retries=2",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=10000",
];
const NETWORK_FAULT = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|EIDLETIMEOUT/;

export type AngularInstall =
  /** `folder` has node_modules; what is built goes into folders below it. */
  | { readonly status: "installed"; readonly folder: string }
  | { readonly status: "unreachable"; readonly reason: string };

/**
 * The packages that a folder's lockfile names, installed once per lockfile and machine.
 *
 * @param source below the repository
 * @throws where npm was reached and would not install: then the lockfile is wrong
 */
export async function installAngular(name: string, source: string): Promise<AngularInstall> {
  const lockfile = readFileSync(join(repositoryRoot, source, "package-lock.json"));
  const digest = createHash("sha256").update(lockfile).digest("hex").slice(0, 16);
  const folder = join(cacheDirectory(), name, digest);
  mkdirSync(dirname(folder), { recursive: true });
  removeOlderThan(LOCKFILE_DAYS, dirname(folder), "");
  if (existsSync(folder)) {
    removeOlderThan(BUILD_DAYS, folder, BUILD_PREFIX);
    return { status: "installed", folder };
  }
  const draft = mkdtempSync(`${folder}.`);
  try {
    const installed = await installInto(draft, source);
    if (typeof installed !== "string") return installed;
    moveUnlessThere(installed, folder);
    return { status: "installed", folder };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Another run may have been quicker; what it installed is the same. */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

/** Left by lockfiles that are no more, and by runs that were killed. */
function removeOlderThan(days: number, folder: string, prefix: string): void {
  const limit = Date.now() - days * 86_400_000;
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    const isOld = (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? limit) < limit;
    if (entry.startsWith(prefix) && isOld) rmSync(path, { recursive: true, force: true });
  }
}

/** With the same paths as in the repository, since the lockfile has links to our packages. */
async function installInto(draft: string, source: string): Promise<string | AngularInstall> {
  for (const path of LOCAL_PACKAGES) copy(draft, join(path, "package.json"));
  for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
    copy(draft, join(source, file));
  }
  const folder = join(draft, source);
  // First one question: npm repeats each of some hundred before it gives up.
  const failure = (await runNpm(folder, ["view", "rxjs", "version"])) ?? (await runNpm(folder, CI));
  if (failure === undefined) return folder;
  const network = NETWORK_FAULT.exec(failure);
  if (network === null) throw new Error(`npm in ${source}: ${failure}`);
  return { status: "unreachable", reason: `npm could not be reached: ${network[0]}` };
}

/** What npm said, where it failed. */
function runNpm(cwd: string, args: readonly string[]): Promise<string | undefined> {
  const options = { cwd, timeout: INSTALL_TIMEOUT_MILLIS };
  return new Promise((resolve) => {
    execFile("npm", [...args, ...PATIENCE], options, (error, stdout, stderr) => {
      resolve(error === null ? undefined : `${error.message}\n${stdout}${stderr}`);
    });
  });
}

function copy(draft: string, path: string): void {
  cpSync(join(repositoryRoot, path), join(draft, path));
}
