import type { Pace } from "./pace.ts";
import type { Key, Row } from "./row.ts";

/** Ranks of entries that are no items: few ones before these, so that a read of the first has them all. */
export const FLIGHT = -2;
export const STATE = -1;
export const META = 9;

/** A batch on its way: should nobody hear the answer, the same rows go again together. */
export interface Flight {
  /** Its time is when it may be sent again by whoever has the lock. */
  readonly key: Key;
  readonly keys: readonly Key[];
}
export interface MetaText {
  readonly key: Key;
  readonly text: string;
}
export interface PaceEntry {
  readonly key: Key;
  readonly pace: Pace;
}
/** Which tab may send until when, in browsers without locks. */
export interface Lease {
  readonly key: Key;
  readonly tab: string;
  readonly untilMillis: number;
}
export type Entry = Row | Flight | MetaText | PaceEntry | Lease;

/** What is used of an object store. */
export interface Table {
  get(key: Key): Promise<Entry | undefined>;
  put(entry: Entry): Promise<unknown>;
  delete(key: Key): Promise<unknown>;
  /** In their order. */
  getAllKeys(query?: null, count?: number): Promise<Key[]>;
  clear(): Promise<unknown>;
}

/** Where entries are. */
export interface Shelf {
  /** All of `work` or nothing. `isBlind`: it asks for everything before its first answer. */
  run<T>(work: (table: Table) => Promise<T>, isBlind?: boolean): Promise<T>;
  close(): void;
}

/** Lasts as long as the page, where there is nothing that lasts longer. */
export function createMemoryShelf(): Shelf {
  const entries = new Map<string, Entry>();
  let last: Promise<unknown> = Promise.resolve();
  const table: Table = {
    get: async (key) => entries.get(String(key)),
    put: async (entry) => entries.set(String(entry.key), entry),
    delete: async (key) => entries.delete(String(key)),
    getAllKeys: async () => [...entries.values()].map(({ key }) => key).sort(compareKeys),
    clear: async () => entries.clear(),
  };
  return {
    run(work) {
      const result = last.then(() => work(table));
      last = result.catch(() => {});
      return result;
    },
    close() {},
  };
}

export function withoutPuts(table: Table): Table {
  return {
    get: (key) => table.get(key),
    put: async () => {},
    delete: (key) => table.delete(key),
    getAllKeys: (query, count) => table.getAllKeys(query, count),
    clear: () => table.clear(),
  };
}

export function compareKeys(a: Key, b: Key): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** One per first row and time: whoever puts the same batch on its way again replaces it. */
export function flightKey(rows: readonly Row[], dueMillis = 0): Key {
  return [FLIGHT, dueMillis, String(rows[0]?.key), 0, 0];
}
