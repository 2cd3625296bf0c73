import { basename } from "node:path";
import { createAdoption } from "./adoption.ts";
import type { Entry } from "./entry.ts";
import type { ResolvedFileSourceOptions } from "./file-source.ts";
import { type FoundFiles, findFiles } from "./find-files.ts";
import { meetFiles } from "./meet-files.ts";
import { createNotices } from "./notices.ts";
import { type FileFacts, lookAt, lookAtHandle } from "./open-file.ts";
import type { ReadQueue } from "./read-queue.ts";
import { isRotationOf } from "./rotation-names.ts";

/** A file that has not grown for this long is looked at less often. */
const QUIET_MILLIS = 60_000;
const QUIET_FACTOR = 4;
/** A path is looked at for a new file this long after its file grew. */
const ROTATION_WATCH_MILLIS = 10_000;

export interface FolderWatch {
  /** Looks for new files and for those that were renamed or deleted. */
  discover(): Promise<void>;
  wantsToDiscover(): boolean;
  /** Looks at every open file that is due. */
  poll(): Promise<void>;
  /** Ends what is running at its next file. */
  interrupt(): void;
  close(): Promise<void>;
  figures(): {
    readonly followedFiles: number;
    readonly openFiles: number;
    readonly unreadBytes: number;
  };
}

export function createFolderWatch(
  options: ResolvedFileSourceOptions,
  queue: ReadQueue,
): FolderWatch {
  const { clock } = options;
  const entries = new Map<string, Entry>();
  const notices = createNotices(options.log);
  const adoption = createAdoption(options, queue, entries, notices);
  let hasMet = false;
  let isInterrupted = false;
  let wantsToDiscover = false;

  function tellProblems(found: FoundFiles): void {
    for (const [path, text] of found.problems) notices.say(path, text);
    notices.keepOnly((path) => found.problems.has(path) || adoption.hasProblem(path));
  }

  /** Paths whose file is another one now. */
  function notePaths(found: FoundFiles): Rotated[] {
    const byKey = new Map(found.files.map((facts) => [facts.key, facts]));
    const rotated: Rotated[] = [];
    for (const entry of entries.values()) {
      const facts = byKey.get(entry.key);
      const isAtPath = facts?.path === entry.path;
      if (entry.isAtPath && !isAtPath) {
        rotated.push({ path: entry.path, sinceMillis: entry.modifiedMillis });
        entry.activeMillis = clock.now();
        entry.isCaughtUp = false;
        queue.add(entry);
      }
      entry.isAtPath = isAtPath;
      // A generation stays with the path that it was rotated away from.
      if (facts && !isAtPath && !isRotationOf(basename(facts.path), basename(entry.path))) {
        entry.isAtPath = true;
        entry.path = facts.path;
        entry.file.setPath(facts.path);
      }
    }
    return rotated;
  }

  async function discover(): Promise<void> {
    wantsToDiscover = false;
    const found = await findFiles(options.glob);
    tellProblems(found);
    if (!hasMet) await meetFiles(options, adoption, found);
    for (const { path, sinceMillis } of notePaths(found)) {
      await adoption.rotated(path, sinceMillis);
    }
    await adoption.searchAgain();
    for (const facts of found.files) {
      if (isInterrupted) return;
      const entry = entries.get(facts.key);
      if (entry) await reopen(entry, facts);
      else if (!adoption.isGeneration(facts)) {
        await adoption.adopt(facts, { isAtPath: true, path: facts.path, isNewHere: hasMet });
      }
    }
    hasMet = true;
    for (const entry of entries.values()) {
      if (!entry.handle && !entry.isAtPath) await adoption.findAgain(entry);
    }
  }

  async function reopen(entry: Entry, facts: FileFacts): Promise<void> {
    if (entry.handle || facts.size === entry.file.readOffset()) return;
    await adoption.reopen(entry, facts.path);
  }

  async function pollEntry(entry: Entry, nowMillis: number): Promise<void> {
    if (!entry.handle) return;
    const facts = await lookAtHandle(entry.path, entry.handle);
    if (facts.status !== "ok") return;
    entry.links = facts.links;
    if (facts.size < entry.size && entry.file.readOffset() === 0) {
      await adoption.truncatedUnread(entry);
    }
    // Written anew to just the same length: only the time of the change tells.
    const isChanged = facts.modifiedMillis !== entry.modifiedMillis;
    if (facts.size >= entry.size) {
      if (facts.size > entry.size) entry.activeMillis = nowMillis;
      entry.size = facts.size;
      entry.modifiedMillis = facts.modifiedMillis;
      entry.file.setModified(facts.modifiedMillis);
    }
    const isAtEnd = !entry.file.isInCopy() && facts.size === entry.file.readOffset();
    if (!isAtEnd || isChanged || !entry.isCaughtUp) queue.add(entry);
    else await atEnd(entry, nowMillis);
    if (entry.isAtPath && nowMillis - entry.activeMillis < ROTATION_WATCH_MILLIS) {
      const there = await lookAt(entry.path);
      if (there.status !== "ok" || there.key !== entry.key) wantsToDiscover = true;
    }
    const isQuiet = nowMillis - entry.activeMillis > QUIET_MILLIS;
    entry.dueMillis = nowMillis + options.pollMillis * (isQuiet ? QUIET_FACTOR : 1);
  }

  /** A file that was renamed or deleted may still be written to; standing still ends it. */
  async function atEnd(entry: Entry, nowMillis: number): Promise<void> {
    if (entry.isAtPath || nowMillis - entry.activeMillis < options.rotateWaitMillis) return;
    if (!entry.isEnded) adoption.handOnLast(entry);
    if (entry.links === 0) await adoption.drop(entry);
  }

  return {
    discover: () => adoption.exclusive(discover),
    wantsToDiscover: () => wantsToDiscover,
    async poll() {
      const nowMillis = clock.now();
      for (const entry of entries.values()) {
        if (isInterrupted) return;
        if (entry.dueMillis <= nowMillis && !queue.has(entry)) await pollEntry(entry, nowMillis);
      }
    },
    interrupt() {
      isInterrupted = true;
    },
    async close() {
      for (const entry of entries.values()) {
        await entry.handle?.close();
        await entry.file.close();
        options.claims.delete(entry.key);
      }
      entries.clear();
    },
    figures: () => ({
      followedFiles: entries.size,
      openFiles: adoption.openFiles(),
      unreadBytes: [...entries.values()].reduce(
        (sum, entry) => sum + Math.max(0, entry.size - entry.file.readOffset()),
        0,
      ),
    }),
  };
}

interface Rotated {
  readonly path: string;
  readonly sinceMillis: number;
}
