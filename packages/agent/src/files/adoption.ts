import { basename, dirname } from "node:path";
import type { Entry } from "./entry.ts";
import type { ContentMark } from "./file-content.ts";
import { type FilePosition, parsePosition } from "./file-position.ts";
import type { ResolvedFileSourceOptions } from "./file-source.ts";
import { problemText } from "./find-files.ts";
import { createFollowedFile, type FileOwner, type FileStart } from "./followed-file.ts";
import { findCopy, isCopyOfAny, listGenerations, startAlike } from "./generations.ts";
import type { Notices } from "./notices.ts";
import { type FileFacts, listFolder, type OpenFile, openRegular } from "./open-file.ts";
import { readEntry } from "./read-entry.ts";
import type { ReadQueue } from "./read-queue.ts";
import { isRotationOf } from "./rotation-names.ts";
import { fromTheLast, fromTheStart, isUnchanged, resumeFrom } from "./start-reading.ts";

/** How long after a truncation another one in between is looked for. */
const MISSED_WATCH_MILLIS = 10_000;
/** A copy that grew in this time may still be in the making. */
const COPYING_MILLIS = 5_000;

export interface AdoptionPlace {
  /** The glob finds it. False: an older generation beside a file that it finds. */
  readonly isAtPath: boolean;
  /** The path that the glob finds, also for an older generation. */
  readonly path: string;
  /** It was made while this folder was followed: nothing of it is history. */
  readonly isNewHere: boolean;
}

/** How files come to be followed, and how that ends. */
export interface Adoption {
  /** Whether it is followed now. */
  adopt(facts: FileFacts, place: AdoptionPlace): Promise<boolean>;
  /** Generations of a path that were written since then and that nobody has read. True: some. */
  adoptMissed(path: string, sinceMillis: number, live: Entry | undefined): Promise<boolean>;
  lookForMissed(entry: Entry): Promise<void>;
  /** A file whose saved place cannot be found any more. */
  tellVanished(key: string, saved: FilePosition): void;
  /** What stood in the file was truncated away before anything of it was read. */
  truncatedUnread(entry: Entry): Promise<void>;
  ignore(facts: FileFacts): void;
  reopen(entry: Entry, path: string): Promise<boolean>;
  /** Opens a closed file that has lost its path, or drops it. */
  findAgain(entry: Entry): Promise<void>;
  handOnLast(entry: Entry): void;
  drop(entry: Entry): Promise<void>;
  openFiles(): number;
  hasProblem(path: string): boolean;
}

export function createAdoption(
  options: ResolvedFileSourceOptions,
  queue: ReadQueue,
  entries: Map<string, Entry>,
  notices: Notices,
): Adoption {
  const { clock, glob } = options;
  const ignored = new Set<string>();
  const problemPaths = new Set<string>();
  let newestLife = 0;

  function openFiles(): number {
    let open = 0;
    for (const entry of entries.values()) if (entry.handle) open++;
    return open;
  }

  function newLife(key: string): string {
    newestLife = Math.max(newestLife + 1, clock.now());
    return `${key}:${newestLife.toString(36)}`;
  }

  function owner(key: string, path: string, life: string): FileOwner {
    return { glob, path, life, sink: options.openSink(key, path, life) };
  }

  /** Closes the file that has been quiet for the longest, if there are too many. */
  async function makeRoom(): Promise<boolean> {
    if (openFiles() < options.maxOpenFiles) return true;
    const quiet = [...entries.values()]
      .filter((entry) => entry.handle && !queue.has(entry) && !entry.file.isInCopy())
      .filter((entry) => entry.size <= entry.file.readOffset())
      .sort((a, b) => a.activeMillis - b.activeMillis)[0];
    notices.say(
      glob,
      `"${glob}" matches more files than are held open (${options.maxOpenFiles}); quiet ones are ` +
        "closed and looked at every few seconds. A narrower pattern reads faster",
    );
    problemPaths.add(glob);
    if (!quiet) return false;
    await quiet.handle?.close();
    quiet.handle = undefined;
    return true;
  }

  async function openForReading(path: string): Promise<OpenFile | undefined> {
    if (!(await makeRoom())) return undefined;
    const opened = await openRegular(path);
    if (opened.status === "ok") {
      problemPaths.delete(path);
      return opened;
    }
    const problem = problemText(path, opened, true);
    if (problem) {
      problemPaths.add(path);
      notices.say(path, problem);
    }
    return undefined;
  }

  function follow(
    opened: OpenFile,
    place: AdoptionPlace,
    who: FileOwner,
    start: FileStart,
    copy?: OpenFile,
  ): Entry {
    const nowMillis = clock.now();
    const file = createFollowedFile(who, start, clock);
    file.setModified(opened.modifiedMillis);
    if (copy) file.goOnInCopy(copy.handle);
    const entry: Entry = {
      key: opened.key,
      file,
      sink: () => file.sink(),
      read: (buffer) => readEntry(entry, buffer, { clock, notices, replaced, contentEnded }),
      path: place.path,
      handle: opened.handle,
      isAtPath: place.isAtPath,
      size: opened.size,
      links: opened.links,
      modifiedMillis: opened.modifiedMillis,
      activeMillis: nowMillis,
      dueMillis: 0,
      isEnded: false,
      copiedMillis: copy?.modifiedMillis,
      missed: undefined,
    };
    entries.set(entry.key, entry);
    options.claims.set(entry.key, glob);
    queue.add(entry);
    return entry;
  }

  /** What the file held before is gone: the rest is in a copy, or lost. */
  async function replaced(entry: Entry): Promise<void> {
    const [mark] = entry.file.marks();
    const copy =
      mark &&
      (await findCopy(entry.path, mark, entry.file.readOffset(), (key) => entries.has(key)));
    if (copy) {
      ignore(copy);
      entry.copiedMillis = copy.modifiedMillis;
      entry.file.goOnInCopy(copy.handle);
      return;
    }
    const unreadBytes = entry.size - entry.file.readOffset();
    if (unreadBytes > 0) {
      entry.file.sink().gap({
        reason: "source_rotated",
        lines: undefined,
        detail: `"${entry.path}" was truncated before its last ${unreadBytes} bytes were read`,
      });
    }
    contentEnded(entry);
  }

  function contentEnded(entry: Entry): void {
    handOnLast(entry);
    entry.missed = {
      sinceMillis: entry.copiedMillis ?? entry.modifiedMillis,
      untilMillis: clock.now() + MISSED_WATCH_MILLIS,
    };
    entry.copiedMillis = undefined;
    entry.size = 0;
    entry.isEnded = false;
    entry.file.startOver(owner(entry.key, entry.path, newLife(entry.key)));
  }

  function handOnLast(entry: Entry): void {
    entry.file.handOnRest();
    entry.file.sink().flush();
    entry.isEnded = true;
  }

  function ignore(facts: FileFacts): void {
    ignored.add(facts.identity);
  }

  function relatives(path: string): Entry[] {
    const folder = dirname(path);
    return [...entries.values()].filter(
      (entry) =>
        dirname(entry.path) === folder &&
        (entry.path === path ||
          isRotationOf(basename(path), basename(entry.path)) ||
          isRotationOf(basename(entry.path), basename(path))),
    );
  }

  function marksOf(files: readonly Entry[]): ContentMark[] {
    return files.flatMap((entry) => entry.file.marks());
  }

  /** Undefined: it cannot be said yet. */
  async function isCopy(opened: OpenFile, related: readonly Entry[]): Promise<boolean | undefined> {
    if (await isCopyOfAny(opened, marksOf(related))) return true;
    if (clock.now() - opened.modifiedMillis > COPYING_MILLIS) return false;
    for (const { handle } of related) {
      if (handle && (await startAlike(opened.handle, handle))) return undefined;
    }
    return false;
  }

  async function adopt(facts: FileFacts, place: AdoptionPlace): Promise<boolean> {
    if (entries.has(facts.key) || ignored.has(facts.identity)) return false;
    const claimed = options.claims.get(facts.key);
    if (claimed !== undefined && claimed !== glob) {
      problemPaths.add(facts.path);
      notices.say(facts.path, `"${facts.path}" matches "${claimed}", too, and is read for that`);
      return false;
    }
    const opened = await openForReading(facts.path);
    if (!opened) return false;
    if (opened.key !== facts.key) {
      await opened.handle.close();
      return false;
    }
    const saved = parsePosition(options.positionOf(facts.key));
    if (saved) await goOn(opened, place, saved);
    else return await begin(opened, place);
    return true;
  }

  async function goOn(opened: OpenFile, place: AdoptionPlace, saved: FilePosition): Promise<void> {
    const { key } = opened;
    const savedPlace = saved.place;
    if (await isUnchanged(opened, saved)) {
      const start = await resumeFrom(opened.handle, saved);
      follow(opened, place, owner(key, place.path, savedPlace.life), start);
      return;
    }
    const copy = await findCopy(savedPlace.path, savedPlace.mark, saved.offset, (other) =>
      entries.has(other),
    );
    if (copy) {
      ignore(copy);
      const start = await resumeFrom(copy.handle, saved);
      follow(opened, place, owner(key, savedPlace.path, savedPlace.life), start, copy);
      return;
    }
    tellVanished(key, saved);
    const start = fromTheStart([savedPlace.mark, ...savedPlace.former]);
    const entry = follow(opened, place, owner(key, place.path, newLife(key)), start);
    entry.missed = {
      sinceMillis: savedPlace.modifiedMillis,
      untilMillis: clock.now() + MISSED_WATCH_MILLIS,
    };
  }

  async function begin(opened: OpenFile, place: AdoptionPlace): Promise<boolean> {
    const related = relatives(opened.path).filter(({ path }) => path !== opened.path);
    const copy = place.isAtPath ? await isCopy(opened, related) : false;
    if (copy !== false) {
      if (copy) ignore(opened);
      await opened.handle.close();
      return false;
    }
    const start = place.isNewHere
      ? fromTheStart([])
      : await fromTheLast(options.historyBytes, opened.size, opened.handle);
    if (start.offset > 0) {
      options.log(
        `"${opened.path}" is met for the first time and holds ${opened.size} bytes; reading ` +
          `starts ${opened.size - start.offset} bytes before its end`,
      );
    }
    follow(opened, place, owner(opened.key, place.path, newLife(opened.key)), start);
    return true;
  }

  async function adoptMissed(
    path: string,
    sinceMillis: number,
    live: Entry | undefined,
  ): Promise<boolean> {
    let hasFound = false;
    for (const facts of await listGenerations(path)) {
      const isKnown = entries.has(facts.key) || ignored.has(facts.identity);
      if (isKnown || facts.size === 0 || facts.modifiedMillis < sinceMillis) continue;
      const opened = await openRegular(facts.path);
      if (opened.status !== "ok") continue;
      const isCopied = await isCopyOfAny(opened, marksOf(relatives(path)));
      const isBeingCopied = live?.handle && (await startAlike(opened.handle, live.handle));
      await opened.handle.close();
      if (isCopied) ignore(facts);
      if (isCopied || isBeingCopied) continue;
      hasFound = (await adopt(facts, { isAtPath: false, path, isNewHere: true })) || hasFound;
    }
    return hasFound;
  }

  function tellVanished(key: string, saved: FilePosition): void {
    const { path, life } = saved.place;
    const sink = options.openSink(key, path, life);
    sink.gap({
      reason: "source_rotated",
      lines: undefined,
      detail: `"${path}" was deleted, moved or truncated while the agent was not running`,
    });
    sink.flush();
  }

  async function reopen(entry: Entry, path: string): Promise<boolean> {
    const opened = await openForReading(path);
    if (!opened) return false;
    if (opened.key !== entry.key) {
      await opened.handle.close();
      return false;
    }
    entry.handle = opened.handle;
    entry.size = Math.max(entry.size, opened.size);
    entry.links = opened.links;
    entry.activeMillis = clock.now();
    queue.add(entry);
    return true;
  }

  async function drop(entry: Entry): Promise<void> {
    entries.delete(entry.key);
    options.claims.delete(entry.key);
    await entry.handle?.close();
    await entry.file.close();
    options.forget?.(entry.key);
  }

  return {
    adopt,
    adoptMissed,
    async lookForMissed(entry) {
      if (!entry.missed || entry.file.isInCopy()) return;
      await adoptMissed(entry.path, entry.missed.sinceMillis, entry);
      if (entry.missed.untilMillis < clock.now()) entry.missed = undefined;
    },
    tellVanished,
    async truncatedUnread(entry) {
      const unreadBytes = entry.size;
      entry.size = 0;
      if (await adoptMissed(entry.path, entry.modifiedMillis, entry)) return;
      entry.file.sink().gap({
        reason: "source_rotated",
        lines: undefined,
        detail: `"${entry.path}" was truncated before its ${unreadBytes} bytes were read`,
      });
    },
    ignore,
    reopen,
    async findAgain(entry) {
      const there = (await listFolder(dirname(entry.path))).find(({ key }) => key === entry.key);
      if (there && there.size === entry.file.readOffset()) return;
      if (there && (await reopen(entry, there.path))) return;
      if (there) return;
      handOnLast(entry);
      await drop(entry);
    },
    handOnLast,
    drop,
    openFiles,
    hasProblem: (path) => problemPaths.has(path),
  };
}
