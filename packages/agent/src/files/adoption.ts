import { basename, dirname } from "node:path";
import type { Entry } from "./entry.ts";
import type { ContentMark } from "./file-content.ts";
import { type FilePosition, parsePosition } from "./file-position.ts";
import type { ResolvedFileSourceOptions } from "./file-source.ts";
import { problemText } from "./find-files.ts";
import { createFollowedFile, type FileOwner, type FileStart } from "./followed-file.ts";
import { findCopy, isCopyOfAny, listGenerations, startAlike } from "./generations.ts";
import type { Notices } from "./notices.ts";
import { type FileFacts, findInFolder, type OpenFile, openRegular } from "./open-file.ts";
import { readEntry } from "./read-entry.ts";
import type { ReadQueue } from "./read-queue.ts";
import { isRotationOf } from "./rotation-names.ts";
import { fromTheLast, fromTheStart, isUnchanged, resumeFrom } from "./start-reading.ts";

/** How long after a rotation generations are looked for that came and went unseen. */
const SEARCH_MILLIS = 10_000;
const ENOUGH_CLEAR_SEARCHES = 2;
/** A file that grew in this time may be a copy in the making. */
const COPYING_MILLIS = 5_000;

export interface AdoptionPlace {
  /** The glob finds it. False: an older generation beside a file that it finds. */
  readonly isAtPath: boolean;
  /** The path that the glob finds, also for an older generation. */
  readonly path: string;
  /** It was made while this folder was followed: nothing of it is history. */
  readonly isNewHere: boolean;
}

/** Whether generations were found that nobody had read; `unclear`: perhaps one. */
export type SearchResult = "found" | "none" | "unclear";

/** A path and what is known of its older generations. */
interface PathHistory {
  sinceMillis: number;
  /** Times that take its place, oldest first, once all before them is clear. */
  next: NextSince[];
  searchUntilMillis: number;
  /** What its files were known to hold before the agent started. */
  readonly savedMarks: readonly ContentMark[];
}

interface NextSince {
  readonly sinceMillis: number;
  /** One is not enough: a folder's list may lack a file that is being renamed. */
  clearSearches: number;
}

/** How files come to be followed, and how that ends. */
export interface Adoption {
  /** Runs when no other search runs; `discover` is one. */
  exclusive<T>(search: () => Promise<T>): Promise<T>;
  /** Whether it is followed now. */
  adopt(facts: FileFacts, place: AdoptionPlace): Promise<boolean>;
  /** Names the path whose older generations before then are accounted for. */
  knowPath(path: string, sinceMillis: number, marks: readonly ContentMark[]): void;
  /**
   * The path has another file, or new content: looks for generations in between. Those last
   * written before `sinceMillis` are accounted for from then on.
   */
  rotated(path: string, sinceMillis: number): Promise<SearchResult>;
  /** A generation that the glob finds, too: true if it is for the search to judge. */
  isGeneration(facts: FileFacts): boolean;
  /** Looks again where a rotation is fresh. */
  searchAgain(): Promise<void>;
  /** A file whose saved place cannot be found any more. */
  tellVanished(key: string, saved: FilePosition): void;
  /** What stood in the file was truncated away before anything of it was read. */
  truncatedUnread(entry: Entry): Promise<void>;
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
  const histories = new Map<string, PathHistory>();
  const startedMillis = clock.now();
  let newestLife = 0;

  let lastSearch: Promise<unknown> = Promise.resolve();

  /** One search at a time: two would adopt the same file twice. */
  function exclusive<T>(search: () => Promise<T>): Promise<T> {
    const mine = lastSearch.then(search);
    lastSearch = mine.catch(() => undefined);
    return mine;
  }

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
      .filter((entry) => entry.handle && entry.isCaughtUp && !queue.has(entry))
      .filter((entry) => !entry.file.isInCopy())
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
    const history = histories.get(place.path) ?? knowPath(place.path, startedMillis, []);
    file.setSince(history.sinceMillis);
    file.setModified(opened.modifiedMillis);
    if (copy) file.goOnInCopy(copy.handle, copy.modifiedMillis);
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
      isCaughtUp: false,
      after: olderThan(place.path),
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
      entry.file.goOnInCopy(copy.handle, copy.modifiedMillis);
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
    await contentEnded(entry);
  }

  async function contentEnded(entry: Entry): Promise<void> {
    handOnLast(entry);
    const sinceMillis = entry.copiedMillis ?? entry.modifiedMillis;
    await exclusive(() => rotated(entry.path, sinceMillis));
    // Its new content is newer than what those waited for; and two must not wait for each other.
    for (const other of entries.values()) {
      other.after = other.after.filter((older) => older !== entry);
    }
    entry.after = olderThan(entry.path).filter(
      (other) => other !== entry && other.modifiedMillis <= entry.modifiedMillis,
    );
    entry.copiedMillis = undefined;
    entry.size = 0;
    entry.isEnded = false;
    entry.isCaughtUp = false;
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

  function olderThan(path: string): Entry[] {
    return [...entries.values()].filter(
      (entry) => entry.path === path && !entry.isAtPath && !entry.isCaughtUp,
    );
  }

  function knowPath(
    path: string,
    sinceMillis: number,
    savedMarks: readonly ContentMark[],
  ): PathHistory {
    const history = {
      sinceMillis,
      next: [],
      searchUntilMillis: clock.now() + SEARCH_MILLIS,
      savedMarks,
    };
    histories.set(path, history);
    return history;
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

  async function judge(facts: FileFacts, path: string): Promise<"copy" | "new" | "unclear"> {
    const isFresh = clock.now() - facts.modifiedMillis < COPYING_MILLIS;
    if (facts.size === 0) return isFresh ? "unclear" : "new";
    const opened = await openRegular(facts.path);
    if (opened.status !== "ok") return "unclear";
    const live = isFresh ? await openRegular(path) : undefined;
    try {
      if (opened.key !== facts.key) return "unclear";
      const marks = [...marksOf(relatives(path)), ...(histories.get(path)?.savedMarks ?? [])];
      if (await isCopyOfAny(opened, marks)) return "copy";
      if (live?.status !== "ok" || live.key === opened.key) return "new";
      return (await startAlike(opened.handle, live.handle)) ? "unclear" : "new";
    } finally {
      await opened.handle.close();
      if (live?.status === "ok") await live.handle.close();
    }
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
    else await begin(opened, place);
    return true;
  }

  async function goOn(opened: OpenFile, place: AdoptionPlace, saved: FilePosition): Promise<void> {
    const { key } = opened;
    const savedPlace = saved.place;
    // Read first and checked after: what is truncated in between shall not be taken for the old.
    const start = await resumeFrom(opened.handle, saved);
    if (await isUnchanged(opened, saved)) {
      follow(opened, place, owner(key, place.path, savedPlace.life), start);
      return;
    }
    const copy = await findCopy(savedPlace.path, savedPlace.mark, saved.offset, (other) =>
      entries.has(other),
    );
    if (copy) {
      ignore(copy);
      const inCopy = await resumeFrom(copy.handle, saved);
      follow(opened, place, owner(key, savedPlace.path, savedPlace.life), inCopy, copy);
      return;
    }
    tellVanished(key, saved);
    const anew = fromTheStart([savedPlace.mark, ...savedPlace.former]);
    follow(opened, place, owner(key, place.path, newLife(key)), anew);
  }

  async function begin(opened: OpenFile, place: AdoptionPlace): Promise<void> {
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
  }

  async function rotated(path: string, sinceMillis: number): Promise<SearchResult> {
    const history = histories.get(path) ?? knowPath(path, sinceMillis, []);
    history.next.push({ sinceMillis, clearSearches: 0 });
    history.searchUntilMillis = clock.now() + SEARCH_MILLIS;
    return await search(path, history);
  }

  async function search(path: string, history: PathHistory): Promise<SearchResult> {
    let firstUnclearMillis = Number.POSITIVE_INFINITY;
    let hasFound = false;
    for (const facts of await listGenerations(path)) {
      if (facts.modifiedMillis < history.sinceMillis) continue;
      if (entries.has(facts.key) || ignored.has(facts.identity)) continue;
      const verdict = await judge(facts, path);
      if (verdict === "unclear") {
        firstUnclearMillis = Math.min(firstUnclearMillis, facts.modifiedMillis);
      }
      if (verdict === "copy") ignore(facts);
      if (verdict !== "new") continue;
      const isAdopted = await adopt(facts, { isAtPath: false, path, isNewHere: true });
      if (isAdopted) hasFound = true;
    }
    moveOn(path, history, firstUnclearMillis);
    if (hasFound) return "found";
    return firstUnclearMillis < Number.POSITIVE_INFINITY ? "unclear" : "none";
  }

  function moveOn(path: string, history: PathHistory, firstUnclearMillis: number): void {
    for (const next of history.next) {
      next.clearSearches = next.sinceMillis <= firstUnclearMillis ? next.clearSearches + 1 : 0;
    }
    const isDone = (next: NextSince): boolean => next.clearSearches >= ENOUGH_CLEAR_SEARCHES;
    for (const next of history.next.filter(isDone)) {
      history.sinceMillis = Math.max(history.sinceMillis, next.sinceMillis);
    }
    history.next = history.next.filter((next) => !isDone(next));
    for (const entry of entries.values()) {
      if (entry.path === path) entry.file.setSince(history.sinceMillis);
    }
  }

  function hasUnbegun(path: string): boolean {
    return [...entries.values()].some(
      (entry) => entry.path === path && entry.size > 0 && entry.file.readOffset() === 0,
    );
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
    entry.isCaughtUp = true;
    options.claims.delete(entry.key);
    await entry.handle?.close();
    await entry.file.close();
    options.forget?.(entry.key);
  }

  return {
    exclusive,
    adopt,
    knowPath,
    isGeneration(facts) {
      for (const [path, history] of histories) {
        if (dirname(path) !== dirname(facts.path)) continue;
        if (!isRotationOf(basename(facts.path), basename(path))) continue;
        const isJudged = entries.has(facts.key) || ignored.has(facts.identity);
        if (!isJudged && facts.modifiedMillis >= history.sinceMillis) {
          history.searchUntilMillis = clock.now() + SEARCH_MILLIS;
        }
        return true;
      }
      return false;
    },
    rotated,
    async searchAgain() {
      for (const [path, history] of histories) {
        const isOpen = history.searchUntilMillis >= clock.now() || hasUnbegun(path);
        if (isOpen || history.next.length > 0) await search(path, history);
      }
    },
    tellVanished,
    async truncatedUnread(entry) {
      const unreadBytes = entry.size;
      entry.size = 0;
      const result = await exclusive(() => rotated(entry.path, entry.modifiedMillis));
      if (result !== "none") {
        entry.after = olderThan(entry.path);
        return;
      }
      entry.file.sink().gap({
        reason: "source_rotated",
        lines: undefined,
        detail: `"${entry.path}" was truncated before its ${unreadBytes} bytes were read`,
      });
    },
    reopen,
    async findAgain(entry) {
      const there = await findInFolder(dirname(entry.path), entry.key);
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
