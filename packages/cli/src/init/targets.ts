import { randomUUID } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import { EXIT } from "@sightline/core";
import { Failure } from "../failure.ts";

/** Servers of other users read what is written here: no umask may keep them out. */
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** The folder to work in, without links. Fails where it is not there or may not be written. */
export function openFolder(path: string, mustWrite: boolean): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) {
    const what = found ? "is not a folder" : "is not there";
    throw new Failure(`the folder "${path}" ${what}`, {
      exitCode: EXIT.usage,
      advice: ["name the folder that your Compose file or package.json is in, or make it first"],
    });
  }
  try {
    accessSync(path, constants.R_OK | constants.X_OK | (mustWrite ? constants.W_OK : 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(`the folder "${path}" cannot be ${mustWrite ? "written" : "read"}: ${code}`, {
      advice: ["run the same command as the user whose folder it is, or correct its permissions"],
    });
  }
  return realpathSync(path);
}

/**
 * Everything that stands in the way of reading and writing these paths, in words: a folder where a
 * file is to be, a link that leaves the root, a file where a folder is to be.
 */
export function findTargetFaults(root: string, paths: readonly string[]): string[] {
  const faults = paths.flatMap((path) => findFault(root, path) ?? []);
  return [...new Set(faults)];
}

function findFault(root: string, path: string): string | undefined {
  const parts = path.split("/");
  for (let length = 1; length <= parts.length; length++) {
    const part = parts.slice(0, length).join("/");
    const place = join(root, part);
    const entry = lstatSync(place, { throwIfNoEntry: false });
    if (!entry) return undefined;
    if (entry.isSymbolicLink()) {
      const target = realPathOf(place);
      if (target === undefined) {
        return `"${part}" is a link to nothing; remove it, or make what it points to`;
      }
      if (!target.startsWith(root + sep)) {
        return `"${part}" is a link to "${target}", which is outside of "${root}"; nothing is written there`;
      }
    }
    const found = statSync(place);
    const isLast = length === parts.length;
    if (isLast && !found.isFile()) {
      return `"${part}" is ${found.isDirectory() ? "a folder" : "no regular file"}; expected a file; rename it`;
    }
    if (!isLast && !found.isDirectory()) {
      return `"${part}" is a file; expected a folder; rename it`;
    }
  }
  return undefined;
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Undefined where there is none. */
export function readTarget(root: string, path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Where files grow until they are whole. Not beside their place: Loki loads whatever lies there. */
const DRAFT_FOLDER = ".sightline";
const DRAFT = /^[0-9a-f-]{36}\.draft$/;

/** What a run left that was killed while it wrote. */
export function removeDrafts(root: string): void {
  const folder = join(root, DRAFT_FOLDER);
  if (!statSync(folder, { throwIfNoEntry: false })) return;
  for (const name of readdirSync(folder)) {
    if (DRAFT.test(name)) rmSync(join(folder, name), { force: true });
  }
}

/** Whole or not at all; a file that is there keeps its mode, a link to it stays one. */
export function writeTarget(root: string, path: string, content: string): void {
  const place = join(root, path);
  makeFolders(root, dirname(path));
  const real = realPathOf(place) ?? place;
  const mode = statSync(real, { throwIfNoEntry: false })?.mode ?? FILE_MODE;
  makeFolders(root, DRAFT_FOLDER);
  const draft = join(root, DRAFT_FOLDER, `${randomUUID()}.draft`);
  try {
    writeFileSync(draft, content, { flag: "wx", mode: 0o600, flush: true });
    chmodSync(draft, mode & 0o777);
    renameSync(draft, real);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function makeFolders(root: string, folder: string): void {
  if (folder === "." || statSync(join(root, folder), { throwIfNoEntry: false })) return;
  makeFolders(root, dirname(folder));
  mkdirSync(join(root, folder));
  chmodSync(join(root, folder), FOLDER_MODE);
}
