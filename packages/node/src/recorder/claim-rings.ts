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
  const claimed = await readdir(own.path).catch(() => []);
  return claimed.filter((name) => name.startsWith(DEAD_PREFIX)).map((name) => join(own.path, name));
}

async function claim(folder: string, name: string, own: OwnFolder): Promise<void> {
  const target = join(own.path, name);
  try {
    own.claim();
    await rename(folder, target);
  } catch {
    // Another starter was first, or the disk cannot be written: the next round tries again.
    return;
  }
  // What it had claimed itself and not finished.
  const inner = await readdir(target).catch(() => []);
  for (const left of inner.filter((known) => known.startsWith(DEAD_PREFIX))) {
    await rename(join(target, left), join(own.path, left)).catch(() => undefined);
  }
}
