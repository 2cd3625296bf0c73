import { basename, dirname } from "node:path";
import type { Adoption } from "./adoption.ts";
import { type FilePosition, parsePosition } from "./file-position.ts";
import type { ResolvedFileSourceOptions } from "./file-source.ts";
import { type FoundFiles, fixedFolder } from "./find-files.ts";
import { type FileFacts, findInFolder, listFolder } from "./open-file.ts";
import { isRotationOf } from "./rotation-names.ts";

type SavedPositions = ReadonlyMap<string, FilePosition>;

/**
 * The first look after a start: finds again what was followed before, under whatever name it has
 * now, and reads the rest of that before anything new.
 */
export async function meetFiles(
  options: ResolvedFileSourceOptions,
  adoption: Adoption,
  found: FoundFiles,
): Promise<void> {
  const saved = savedOfGlob(options);
  const present = await filesBeside(options.glob, found, saved);
  for (const { key } of present) {
    const position = savedAt(options, key);
    if (position) saved.set(key, position);
  }
  const paths = knowPaths(adoption, saved);
  for (const facts of present) {
    const path = saved.get(facts.key)?.place.path;
    if (path === undefined || !isGeneration(facts, path, found)) continue;
    await adoption.adopt(facts, { isAtPath: false, path, isNewHere: true });
  }
  for (const [path, sinceMillis] of paths) await adoption.rotated(path, sinceMillis);
  await tellVanished(options, adoption, found, saved, new Set(present.map(({ key }) => key)));
  const foldersMet = new Set([...paths.keys()].map(dirname));
  for (const facts of present.filter(({ key }) => found.files.some((file) => file.key === key))) {
    const path = baseAmong(found, facts);
    const isNewHere = foldersMet.has(dirname(facts.path));
    if (path === undefined || saved.has(facts.key)) {
      if (!saved.has(facts.key) && adoption.isGeneration(facts)) continue;
      await adoption.adopt(facts, { isAtPath: true, path: facts.path, isNewHere });
    } else if (!paths.has(path)) {
      // All of them are wanted: should the agent end now, the next one starts with the oldest.
      adoption.knowPath(path, 0, []);
      await adoption.adopt(facts, { isAtPath: false, path, isNewHere });
    }
  }
}

/** The found file that another found file was rotated away from. */
function baseAmong(found: FoundFiles, facts: FileFacts): string | undefined {
  const name = basename(facts.path);
  return found.files.find(
    ({ path }) => dirname(path) === dirname(facts.path) && isRotationOf(name, basename(path)),
  )?.path;
}

/** The newest saved place of each path says which of its generations are accounted for. */
function knowPaths(adoption: Adoption, saved: SavedPositions): Map<string, number> {
  const newest = new Map<string, FilePosition>();
  for (const position of saved.values()) {
    const { path, modifiedMillis } = position.place;
    const other = newest.get(path);
    if (!other || other.place.modifiedMillis < modifiedMillis) newest.set(path, position);
  }
  for (const [path, { place }] of newest) {
    const marks = [...saved.values()]
      .filter((position) => position.place.path === path)
      .flatMap((position) => [position.place.mark, ...position.place.former]);
    adoption.knowPath(path, place.sinceMillis, marks);
  }
  return new Map([...newest].map(([path, { place }]) => [path, place.sinceMillis]));
}

/** Renamed away from the path that the glob found it at; under its new name or none in the glob. */
function isGeneration(facts: FileFacts, path: string, found: FoundFiles): boolean {
  if (facts.path === path) return false;
  const isFound = found.files.some(({ key }) => key === facts.key);
  return !isFound || isRotationOf(basename(facts.path), basename(path));
}

async function tellVanished(
  options: ResolvedFileSourceOptions,
  adoption: Adoption,
  found: FoundFiles,
  saved: SavedPositions,
  present: ReadonlySet<string>,
): Promise<void> {
  for (const [key, position] of saved) {
    if (present.has(key)) continue;
    const { path } = position.place;
    const facts = await findInFolder(dirname(path), key);
    if (facts) {
      await adoption.adopt(facts, { isAtPath: false, path, isNewHere: true });
      continue;
    }
    if (!hasFollower(found, saved, key, position)) adoption.tellVanished(key, position);
    options.forget?.(key);
  }
}

/** The file that came after it at its path was followed, too: so it had been read to its end. */
function hasFollower(
  found: FoundFiles,
  saved: SavedPositions,
  key: string,
  position: FilePosition,
): boolean {
  return found.files.some(
    (facts) => facts.path === position.place.path && facts.key !== key && saved.has(facts.key),
  );
}

/** What the glob finds and what lies beside it, oldest first. */
async function filesBeside(
  glob: string,
  found: FoundFiles,
  saved: SavedPositions,
): Promise<FileFacts[]> {
  const folders = new Set([
    fixedFolder(glob),
    ...found.files.map(({ path }) => dirname(path)),
    ...[...saved.values()].map(({ place }) => dirname(place.path)),
  ]);
  const byKey = new Map(found.files.map((facts) => [facts.key, facts]));
  for (const folder of folders) {
    for (const facts of await listFolder(folder)) {
      if (!byKey.has(facts.key)) byKey.set(facts.key, facts);
    }
  }
  return [...byKey.values()].sort((a, b) => a.modifiedMillis - b.modifiedMillis);
}

function savedOfGlob(options: ResolvedFileSourceOptions): Map<string, FilePosition> {
  const saved = new Map<string, FilePosition>();
  for (const key of options.knownSources?.() ?? []) {
    const position = key.startsWith("file:") ? savedAt(options, key) : undefined;
    if (position) saved.set(key, position);
  }
  return saved;
}

/** A position of another glob is that source's business. */
function savedAt(options: ResolvedFileSourceOptions, key: string): FilePosition | undefined {
  const position = parsePosition(options.positionOf(key));
  return position?.place.glob === options.glob ? position : undefined;
}
