import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../docker/images.ts";
import { repositoryRoot } from "../harness/stack.ts";

/** Our packages in the lockfile of an Angular folder; each test run brings its own build of them. */
const LOCAL_PACKAGES = ["packages/browser", "packages/core"];
const INSTALL_TIMEOUT_MILLIS = 240_000;

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
  if (existsSync(folder)) return { status: "installed", folder };
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  try {
    const installed = await installInto(draft, source);
    if (typeof installed !== "string") return installed;
    // Another run may have been quicker; what it installed is the same.
    if (!existsSync(folder)) renameSync(installed, folder);
    return { status: "installed", folder };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** With the same paths as in the repository, since the lockfile has links to our packages. */
async function installInto(draft: string, source: string): Promise<string | AngularInstall> {
  for (const path of LOCAL_PACKAGES) copy(draft, join(path, "package.json"));
  for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
    copy(draft, join(source, file));
  }
  const folder = join(draft, source);
  const output = await runNpmCi(folder);
  if (output === undefined) return folder;
  const network = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|EIDLETIMEOUT/.exec(output);
  if (network === null) throw new Error(`npm ci in ${source}: ${output}`);
  return { status: "unreachable", reason: `npm could not be reached: ${network[0]}` };
}

/** What npm said, where it failed. */
function runNpmCi(cwd: string): Promise<string | undefined> {
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  return new Promise((resolve) => {
    execFile("npm", args, { cwd, timeout: INSTALL_TIMEOUT_MILLIS }, (error, stdout, stderr) => {
      resolve(error === null ? undefined : `${error.message}\n${stdout}${stderr}`);
    });
  });
}

function copy(draft: string, path: string): void {
  cpSync(join(repositoryRoot, path), join(draft, path));
}
