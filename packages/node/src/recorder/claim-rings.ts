import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, isFolderOwned, isOwnFolderName, type OwnFolder } from "@sightline/wire";

export type ClaimOptions = {
  /** Where the processes of a service have their folders. */
  readonly parent: string;
  readonly own: OwnFolder;
  readonly clock: Clock;
};

const DEAD_PREFIX = "dead-";

/**
 * Takes over the folders of processes that are gone, whole: a rename is the lock, so that of two
 * starters one finds nothing. They come to lie in our own folder, where they are up for the next
 * process should this one die over them.
 *
 * @returns paths of all folders that are ours to recover, oldest name first. Never rejects.
 */
export async function claimDeadRings({ parent, own, clock }: ClaimOptions): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    if (!isOwnFolderName(name, "ring") || name === own.name) continue;
    const folder = join(parent, name);
    if (!(await isFolderOwned(folder, clock))) await claim(folder, `${DEAD_PREFIX}${name}`, own);
  }
  const claimed: string[] = [];
  for (const name of await deadFoldersIn(own.path)) await lift(own.path, name, claimed);
  return claimed.map((name) => join(own.path, name));
}

async function claim(folder: string, name: string, own: OwnFolder): Promise<void> {
  try {
    own.claim();
    await rename(folder, join(own.path, name));
  } catch {
    // Another starter was first, or the disk cannot be written: the next round tries again.
  }
}

/**
 * Brings up what a dead process had claimed itself and not finished, from any depth: each process of
 * a crash loop may have died before it came to this, and what is done with is deleted with all in it.
 */
async function lift(parent: string, name: string, claimed: string[]): Promise<void> {
  const folder = join(parent, name);
  let isEmptied = true;
  for (const inner of await deadFoldersIn(folder)) {
    try {
      await rename(join(folder, inner), join(parent, inner));
      await lift(parent, inner, claimed);
    } catch {
      isEmptied = false;
    }
  }
  if (isEmptied) claimed.push(name);
}

async function deadFoldersIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith(DEAD_PREFIX)).sort();
}
