import { lstat, readdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BatchFacts } from "../batch.ts";
import type { Clock } from "../seams.ts";
import { EXIT_ENDING, parseBatchFileName } from "./batch-file.ts";
import { isOwnFolderName, OWNER_FILE, type OwnFolder } from "./own-folder.ts";
import { isAlive, parseOwner, readSelf } from "./owner.ts";
import type { SampleFolder } from "./sample-folder.ts";

export interface AdoptOptions {
  readonly parent: string;
  readonly own: OwnFolder;
  readonly corrupt: SampleFolder;
  readonly clock: Clock;
}

interface AdoptedFile {
  readonly name: string;
  readonly facts: BatchFacts;
  readonly fileBytes: number;
}

interface Adopted {
  readonly batches: AdoptedFile[];
  foreignFiles: number;
}

/** Takes over every folder beside ours whose owner is gone. Two adopters share, never double. */
export async function adoptDeadSpools(options: AdoptOptions): Promise<Adopted> {
  const { parent, own } = options;
  const adopted: Adopted = { batches: [], foreignFiles: 0 };
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((known) => isOwnFolderName(known, "spool"))) {
    const folder = join(parent, name);
    if (name === own.name || (await isFolderOwned(folder, options.clock))) continue;
    await adoptFolder(folder, options, adopted);
  }
  adopted.batches.sort((a, b) => (a.name < b.name ? -1 : 1));
  return adopted;
}

/** Whether the process that claimed a folder still runs, or nobody can tell. */
export async function isFolderOwned(folder: string, clock: Clock): Promise<boolean> {
  const path = join(folder, OWNER_FILE);
  try {
    // A link is not followed: what it leads to is somebody else's.
    if (!(await lstat(folder)).isDirectory()) return true;
    const found = await lstat(path);
    if (!found.isFile()) return true;
    const { mtimeMs } = found;
    const owner = parseOwner(await readFile(path, "utf8"));
    return owner !== undefined && isAlive(owner, readSelf(), clock.now() - mtimeMs);
  } catch (error) {
    // Only a folder that clearly has no owner may be taken; one we cannot read is left alone.
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

async function adoptFolder(folder: string, options: AdoptOptions, adopted: Adopted): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const savedTwice = new Set(names.map(withoutExitMark));
  for (const name of names) {
    if (name === OWNER_FILE) continue;
    if (await isStrange(join(folder, name))) {
      await rm(join(folder, name), { force: true }).catch(() => undefined);
      continue;
    }
    if (savedTwice.has(withoutTemporary(name))) {
      await rm(join(folder, name), { force: true }).catch(() => undefined);
      continue;
    }
    const facts = parseBatchFileName(withoutTemporary(name));
    if (facts) await adoptFile(folder, name, facts, options, adopted);
    else {
      await options.corrupt.moveIn(join(folder, name), name);
      adopted.foreignFiles += 1;
    }
  }
  await rm(join(folder, OWNER_FILE), { force: true }).catch(() => undefined);
  await rmdir(folder).catch(() => undefined);
}

/** A link leads to what is not ours; opening a FIFO waits for ever and keeps the host from ending. */
async function isStrange(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

async function adoptFile(
  folder: string,
  name: string,
  facts: BatchFacts,
  options: AdoptOptions,
  adopted: Adopted,
): Promise<void> {
  // Death between write and rename leaves ".tmp". It may be whole: the checksum decides on reading.
  const target = withoutTemporary(name);
  const path = join(options.own.path, target);
  try {
    options.own.claim();
    // The rename is the lock: of two adopters one finds the file gone.
    await rename(join(folder, name), path);
    adopted.batches.push({ name: target, facts, fileBytes: (await stat(path)).size });
  } catch {
    // Taken by another adopter, or a disk that cannot be written: the next round tries again.
  }
}

/**
 * The name of the file that a process was still writing when it exited and saved the same batch
 * once more, at once. Undefined for the name of any other file.
 */
function withoutExitMark(name: string): string | undefined {
  return name.endsWith(EXIT_ENDING) ? `${name.slice(0, -EXIT_ENDING.length)}.batch` : undefined;
}

function withoutTemporary(name: string): string {
  return name.endsWith(".tmp") ? name.slice(0, -".tmp".length) : name;
}
