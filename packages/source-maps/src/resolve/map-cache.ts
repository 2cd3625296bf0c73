import { statSync } from "node:fs";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { BadMap, MapTooLarge } from "../map/bad-map.ts";
import { type ReadyMap, readMap } from "../map/ready-map.ts";
import { mapPath } from "../store/map-path.ts";
import { readMapFile } from "../store/read-map-file.ts";
import type { UnresolvedReason } from "./unresolved-reasons.ts";

export type FoundMap =
  | { readonly status: "ready"; readonly map: ReadyMap }
  | { readonly status: "none"; readonly reason: UnresolvedReason };

export interface MapCache {
  /** The map of a built file, of this app alone. A map that came or changed meanwhile is noticed. */
  find(service: string, debugId: string): FoundMap;
}

interface Entry {
  readonly found: FoundMap;
  /** Of the file when it was read: a map is replaced by a rename, which changes the number of the file. */
  readonly mark: string;
  /** Of the app's folder at the last look: it changes with every map that comes or goes. */
  folderMark: string;
  lookedAtMillis: number;
}

const MAX_WITHOUT = 5_000;
const ENTRY_BYTES = 256;
/** A folder's time moves in steps of some milliseconds: two changes within one look the same. */
const TRUSTED_MILLIS = 2_000;

/**
 * @param maxBytes of maps that are kept ready
 * @param onLoad is told before a map is read: who ends the thread knows what it was at
 */
export function createMapCache(
  mapsFolder: string,
  maxBytes: number,
  onLoad: (service: string, debugId: string) => void = () => {},
): MapCache {
  // Kept apart: ids that somebody makes up must not push out maps that are in use.
  const ready = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ found }) => (found.status === "ready" ? found.map.bytes : 0) + ENTRY_BYTES,
  });
  const without = new LRUCache<string, Entry>({ max: MAX_WITHOUT });

  return {
    find(service, debugId) {
      const path = mapPath(mapsFolder, service, debugId);
      if (path === undefined) return { status: "none", reason: "no_map" };
      const key = `${service}/${debugId}`;
      const folderMark = markOf(join(mapsFolder, service));
      const now = Date.now();
      const entry = ready.get(key) ?? without.get(key);
      if (entry !== undefined && isFresh(entry, folderMark, now)) return entry.found;
      const mark = markOf(path);
      if (entry !== undefined && entry.mark === mark) {
        entry.folderMark = folderMark;
        entry.lookedAtMillis = now;
        return entry.found;
      }
      onLoad(service, debugId);
      const found = load(mapsFolder, service, path, maxBytes - ENTRY_BYTES);
      ready.delete(key);
      without.delete(key);
      const cache = found.status === "ready" ? ready : without;
      cache.set(key, { found, mark, folderMark, lookedAtMillis: now });
      return found;
    },
  };
}

function isFresh(entry: Entry, folderMark: string, now: number): boolean {
  return entry.folderMark === folderMark && now - entry.lookedAtMillis < TRUSTED_MILLIS;
}

function markOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? "" : `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
}

function load(folder: string, service: string, path: string, maxBytes: number): FoundMap {
  const file = readMapFile(folder, service, path);
  if (file.status === "missing") return { status: "none", reason: "no_map" };
  if (file.status === "too_large") return { status: "none", reason: "map_too_large" };
  try {
    return { status: "ready", map: readMap(file.text, maxBytes) };
  } catch (error) {
    if (error instanceof MapTooLarge) return { status: "none", reason: "map_too_large" };
    if (error instanceof BadMap) return { status: "none", reason: "bad_map" };
    throw error;
  }
}
