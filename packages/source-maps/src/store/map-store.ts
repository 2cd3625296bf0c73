import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchownSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { parseDebugId } from "../debug-id.ts";
import { isAtOwnPlace, MAP_SUFFIX, mapPath } from "./map-path.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const TEMPORARY = /^\.[0-9a-f-]{36}\.[0-9a-f]{16}$/;
/** Left by a run that was killed; no write takes this long. */
const TEMPORARY_MILLIS = 3_600_000;

/** Which maps of earlier builds stay. Those of the build at hand always do. */
export interface Retention {
  /** Since the build that wrote or found it last. Default 180. */
  readonly maxAgeDays?: number;
  /** Of all maps of an app, bytes; the oldest go first. Default 2 GiB. */
  readonly maxTotalBytes?: number;
}

const DAY_MILLIS = 86_400_000;
const DEFAULT_AGE_DAYS = 180;
const DEFAULT_TOTAL_BYTES = 2_147_483_648;

export function isStored(mapsFolder: string, service: string, debugId: string): boolean {
  const path = mapPath(mapsFolder, service, debugId);
  return path !== undefined && isAtOwnPlace(mapsFolder, service, path);
}

/**
 * Makes the folder of an app's maps.
 *
 * @returns what is wrong with it, if anything
 */
export function openServiceFolder(mapsFolder: string, service: string): string | undefined {
  const folder = join(mapsFolder, service);
  try {
    const isNew = mkdirSync(folder, { recursive: true, mode: FOLDER_MODE }) !== undefined;
    const reader = readerOf(mapsFolder);
    if (isNew && reader) lchownSync(folder, reader.uid, reader.gid);
    const real = realpathSync(folder);
    const expected = join(realpathSync(mapsFolder), service);
    return real === expected ? undefined : `${folder} leads to ${real}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Root stores for whom the folder belongs to: a gateway in a container is another user. */
function readerOf(mapsFolder: string): { readonly uid: number; readonly gid: number } | undefined {
  return process.getuid?.() === 0 ? statSync(mapsFolder) : undefined;
}

/** Whoever reads at the same time sees the old map or the new one, whole. */
export function storeMap(mapsFolder: string, service: string, debugId: string, text: string): void {
  const path = mapPath(mapsFolder, service, debugId);
  if (path === undefined) throw new Error(`no place for a map: ${service}/${debugId}`);
  const draft = join(mapsFolder, service, `.${debugId}.${randomBytes(8).toString("hex")}`);
  try {
    const file = openSync(draft, "wx", FILE_MODE);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      const reader = readerOf(mapsFolder);
      if (reader) fchownSync(file, reader.uid, reader.gid);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** A map that a build still has is young again. */
export function touchMap(
  mapsFolder: string,
  service: string,
  debugId: string,
  nowMillis: number,
): void {
  const path = mapPath(mapsFolder, service, debugId);
  if (path !== undefined) utimesSync(path, nowMillis / 1000, nowMillis / 1000);
}

export function mapBytes(mapsFolder: string, service: string, debugId: string): number {
  const path = mapPath(mapsFolder, service, debugId);
  return path === undefined ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
}

interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  readonly millis: number;
}

/** Deletes maps of earlier builds that are too old or too many, and drafts of runs that were killed. */
export function pruneMaps(
  mapsFolder: string,
  service: string,
  kept: ReadonlySet<string>,
  { maxAgeDays = DEFAULT_AGE_DAYS, maxTotalBytes = DEFAULT_TOTAL_BYTES }: Retention,
  nowMillis: number,
): { readonly files: number; readonly bytes: number } {
  const folder = join(mapsFolder, service);
  const { maps, drafts } = listFolder(folder, kept);
  let total = maps.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const id of kept) total += mapBytes(mapsFolder, service, id);
  const gone: StoredFile[] = drafts.filter(({ millis }) => nowMillis - millis > TEMPORARY_MILLIS);
  for (const map of maps.toSorted((a, b) => a.millis - b.millis)) {
    const isOld = nowMillis - map.millis > maxAgeDays * DAY_MILLIS;
    if (!isOld && total <= maxTotalBytes) continue;
    gone.push(map);
    total -= map.bytes;
  }
  for (const { path } of gone) rmSync(path, { force: true });
  return { files: gone.length, bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function listFolder(
  folder: string,
  kept: ReadonlySet<string>,
): { readonly maps: StoredFile[]; readonly drafts: StoredFile[] } {
  const maps: StoredFile[] = [];
  const drafts: StoredFile[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const id = entry.name.endsWith(MAP_SUFFIX)
      ? parseDebugId(entry.name.slice(0, -MAP_SUFFIX.length))
      : undefined;
    const isDraft = TEMPORARY.test(entry.name);
    if (!entry.isFile() || (!isDraft && (id === undefined || kept.has(id)))) continue;
    const path = join(folder, entry.name);
    // Another build may delete it meanwhile.
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    (isDraft ? drafts : maps).push({ path, bytes: stat.size, millis: stat.mtimeMs });
  }
  return { maps, drafts };
}
