import { basename, dirname } from "node:path";
import type { Adoption } from "./adoption.ts";
import { type FilePosition, parsePosition } from "./file-position.ts";
import type { ResolvedFileSourceOptions } from "./file-source.ts";
import { type FoundFiles, fixedFolder } from "./find-files.ts";
import { type FileFacts, listFolder } from "./open-file.ts";
import { isRotationOf } from "./rotation-names.ts";

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
  const beside = await filesBeside(options.glob, found, saved);
  for (const { key } of beside) {
    const position = savedAt(options, key);
    if (position) saved.set(key, position);
  }
  const atPath = new Set(found.files.map(({ key }) => key));
  const renamed = beside.filter(({ key }) => saved.has(key) && !atPath.has(key));
  for (const facts of renamed.sort((a, b) => a.modifiedMillis - b.modifiedMillis)) {
    const path = saved.get(facts.key)?.place.path ?? facts.path;
    await adoption.adopt(facts, { isAtPath: false, path, isNewHere: true });
  }
  await adoptUnmet(options, adoption, found, saved);
  const present = new Set(beside.map(({ key }) => key));
  for (const [key, position] of saved) {
    if (present.has(key)) continue;
    if (!hasFollower(found, saved, key, position)) adoption.tellVanished(key, position);
    options.forget?.(key);
  }
  const foldersMet = new Set([...saved.values()].map(({ place }) => dirname(place.path)));
  for (const facts of found.files) {
    if (saved.has(facts.key)) continue;
    const isNewHere = foldersMet.has(dirname(facts.path));
    if (isNewHere && isOldGeneration(facts, saved)) adoption.ignore(facts);
  }
  for (const facts of found.files) {
    const isNewHere = foldersMet.has(dirname(facts.path));
    await adoption.adopt(facts, { isAtPath: true, path: facts.path, isNewHere });
  }
}

/** Generations that were begun and rotated away while the agent was not running. */
async function adoptUnmet(
  options: ResolvedFileSourceOptions,
  adoption: Adoption,
  found: FoundFiles,
  saved: ReadonlyMap<string, FilePosition>,
): Promise<void> {
  const sinceByPath = new Map<string, number>();
  for (const { place } of saved.values()) {
    const since = sinceByPath.get(place.path) ?? 0;
    sinceByPath.set(place.path, Math.max(since, place.modifiedMillis));
  }
  for (const [path, sinceMillis] of sinceByPath) {
    const there = found.files.find((facts) => facts.path === path);
    if (there && savedAt(options, there.key)) continue;
    await adoption.adoptMissed(path, sinceMillis, undefined);
  }
}

/** The glob finds a rotated file too, but it was there before and had not been wanted then. */
function isOldGeneration(facts: FileFacts, saved: ReadonlyMap<string, FilePosition>): boolean {
  const bases = [...saved.values()].filter(
    ({ place }) =>
      dirname(place.path) === dirname(facts.path) &&
      isRotationOf(basename(facts.path), basename(place.path)),
  );
  return (
    bases.length > 0 && bases.every(({ place }) => facts.modifiedMillis < place.modifiedMillis)
  );
}

/** The file that came after it at its path was followed, too: so it had been read to its end. */
function hasFollower(
  found: FoundFiles,
  saved: ReadonlyMap<string, FilePosition>,
  key: string,
  position: FilePosition,
): boolean {
  return found.files.some(
    (facts) => facts.path === position.place.path && facts.key !== key && saved.has(facts.key),
  );
}

async function filesBeside(
  glob: string,
  found: FoundFiles,
  saved: ReadonlyMap<string, FilePosition>,
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
  return [...byKey.values()];
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
