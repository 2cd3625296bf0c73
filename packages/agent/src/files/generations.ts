import type { FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { type ContentMark, HEAD_BYTES, holdsContent, readExactly } from "./file-content.ts";
import { type FileFacts, listFolder, type OpenFile, openRegular } from "./open-file.ts";
import { isCompressed, isRotationOf } from "./rotation-names.ts";

/** The next rotation may rename a copy under our eyes. */
const LOOKS = 6;
/** A folder's list may lack a file that is being renamed. */
const CLEAR_LOOKS = 3;

/** Older generations of a log file, oldest first: `app.log.2`, `app.log.1`. Compressed ones are not. */
export async function listGenerations(path: string): Promise<FileFacts[]> {
  const base = basename(path);
  return (await listFolder(dirname(path)))
    .filter(({ path: other }) => isRotationOf(basename(other), base) && !isCompressed(other))
    .sort((a, b) => a.modifiedMillis - b.modifiedMillis);
}

/**
 * The copy that `copytruncate` made of what a file held: a generation with the same bytes, at least
 * up to `offset`. The caller closes its handle.
 */
export async function findCopy(
  path: string,
  mark: ContentMark,
  offset: number,
  isTaken: (key: string) => boolean,
): Promise<OpenFile | undefined> {
  // A mark of no bytes would fit every file.
  if (mark.headBytes === 0) return undefined;
  let clearLooks = 0;
  for (let look = 1; look <= LOOKS && clearLooks < CLEAR_LOOKS; look++) {
    const found = await lookForCopy(path, mark, offset, isTaken);
    if (found !== undefined && found !== "renamed") return found;
    if (found === undefined) clearLooks++;
  }
  return undefined;
}

async function lookForCopy(
  path: string,
  mark: ContentMark,
  offset: number,
  isTaken: (key: string) => boolean,
): Promise<OpenFile | "renamed" | undefined> {
  let isRenamed = false;
  for (const facts of (await listGenerations(path)).reverse()) {
    if (facts.size < offset || isTaken(facts.key)) continue;
    const opened = await openRegular(facts.path);
    if (opened.status !== "ok" || opened.key !== facts.key) isRenamed = true;
    if (opened.status !== "ok") continue;
    const isFit = opened.size >= offset && !isTaken(opened.key);
    if (isFit && (await holdsContent(opened.handle, mark))) return opened;
    await opened.handle.close();
  }
  return isRenamed ? "renamed" : undefined;
}

/**
 * Whether a file is a copy of something that was read. A copy may end before what was read: the
 * writer goes on while `copytruncate` copies.
 */
export async function isCopyOfAny(
  opened: OpenFile,
  marks: Iterable<ContentMark>,
): Promise<boolean> {
  for (const mark of marks) {
    if (mark.headBytes === 0) continue;
    const compared = opened.size < mark.checkOffset ? { ...mark, check: "" } : mark;
    if (await holdsContent(opened.handle, compared)) return true;
  }
  return false;
}

/** Whether two files start alike as far as both go: one may be a copy in the making of the other. */
export async function startAlike(one: FileHandle, other: FileHandle): Promise<boolean> {
  const heads = await Promise.all([
    readExactly(one, 0, HEAD_BYTES),
    readExactly(other, 0, HEAD_BYTES),
  ]);
  const length = Math.min(heads[0].length, heads[1].length);
  return length > 0 && heads[0].subarray(0, length).equals(heads[1].subarray(0, length));
}
