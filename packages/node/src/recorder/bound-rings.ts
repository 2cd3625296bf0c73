import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isOwnFolderName, OWNER_FILE } from "@sightline/wire";

/** A service that dies before it can tell anything must not fill the disk with its deaths. */
const MAX_DEAD_RINGS = 64;
/** Who runs touches its folder every five seconds. */
const SURELY_DEAD_MILLIS = 60_000;

/**
 * Removes all but the newest folders that dead processes left. At once, because a process that dies
 * in its first turn comes to nothing else. Never throws.
 *
 * @param parent where the folders are: those of processes, or (`dead-…`) those that one has claimed.
 * @returns how many were removed.
 */
export function boundDeadRings(parent: string, nowMillis: number): number {
  try {
    const names = readdirSync(parent).filter(isRingFolder);
    if (names.length <= MAX_DEAD_RINGS) return 0;
    const dead = names
      .map((name) => ({ path: join(parent, name), aliveAt: lastSignOf(join(parent, name)) }))
      .sort((left, right) => left.aliveAt - right.aliveAt)
      .slice(0, names.length - MAX_DEAD_RINGS)
      .filter(({ aliveAt }) => nowMillis - aliveAt > SURELY_DEAD_MILLIS);
    for (const { path } of dead) rmSync(path, { recursive: true, force: true });
    return dead.length;
  } catch {
    // The folder is not there yet, or cannot be read: the ring itself says what is wrong.
    return 0;
  }
}

function isRingFolder(name: string): boolean {
  return isOwnFolderName(name.replace(/^dead-/, ""), "ring");
}

function lastSignOf(folder: string): number {
  try {
    return statSync(join(folder, OWNER_FILE)).mtimeMs;
  } catch {
    return 0;
  }
}
