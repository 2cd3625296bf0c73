import { randomBytes } from "node:crypto";
import { renameSync, rmdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cancel, Clock } from "../seams.ts";
import { makeFolder } from "./make-folder.ts";
import { HEARTBEAT_MILLIS, readSelf } from "./owner.ts";

export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;
export const OWNER_FILE = "owner.json";

/** What a folder holds, which is how its name begins. */
export type OwnFolderKind = "spool" | "ring";

/** Whether a name in the parent folder is the folder of some process. */
export function isOwnFolderName(name: string, kind: OwnFolderKind): boolean {
  return name.startsWith(`${kind}-`) && /^-\d+-[0-9a-f]+$/.test(name.slice(kind.length));
}

/** The folder of this process in a parent that several share. */
export interface OwnFolder {
  readonly name: string;
  readonly path: string;
  /**
   * Makes and claims the folder, or makes it anew if somebody deleted it. Synchronous, because it
   * is needed while a process exits too; it costs under a millisecond, once. Throws what `fs` does.
   */
  claim(): void;
  /** The folder was found missing. */
  forget(): void;
  /** Gives up the claim; what is left in the folder may be adopted at once. Never throws. */
  release(): void;
}

export function createOwnFolder(
  parent: string,
  clock: Clock,
  kind: OwnFolderKind = "spool",
): OwnFolder {
  const name = `${kind}-${process.pid}-${randomBytes(4).toString("hex")}`;
  const path = join(parent, name);
  const ownerPath = join(path, OWNER_FILE);
  let isClaimed = false;
  let isReleased = false;
  let cancelHeartbeat: Cancel | undefined;

  function beat(): void {
    try {
      const seconds = clock.now() / 1000;
      utimesSync(ownerPath, seconds, seconds);
    } catch {
      // A missed beat is no loss; a missing folder shows at the next write.
    }
    cancelHeartbeat = clock.after(HEARTBEAT_MILLIS, beat);
  }

  return {
    name,
    path,
    claim() {
      if (isClaimed) return;
      // A write that was under way when we let go must not bring the folder back to life.
      if (isReleased) throw new Error(`the ${kind} folder was released`);
      // The folder appears under its name only with the owner in it: one without is free to adopt.
      const unborn = `${path}.new`;
      makeFolder(unborn, FOLDER_MODE);
      writeFileSync(join(unborn, OWNER_FILE), JSON.stringify(readSelf()), { mode: FILE_MODE });
      renameSync(unborn, path);
      isClaimed = true;
      cancelHeartbeat?.();
      beat();
    },
    forget() {
      isClaimed = false;
    },
    release() {
      isReleased = true;
      cancelHeartbeat?.();
      if (!isClaimed) return;
      isClaimed = false;
      try {
        rmSync(ownerPath, { force: true });
        rmdirSync(path);
      } catch {
        // Not empty: what is in it waits for the next process.
      }
    },
  };
}
