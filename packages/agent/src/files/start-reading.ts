import type { FileHandle } from "node:fs/promises";
import type { ContentMark } from "./file-content.ts";
import { HEAD_BYTES, holdsContent, OVERLAP_BYTES, readExactly } from "./file-content.ts";
import type { FilePosition } from "./file-position.ts";
import type { FileStart } from "./followed-file.ts";
import type { OpenFile } from "./open-file.ts";

const NEWLINE = 0x0a;
/** How far behind the chosen offset the start of a line is looked for. */
const LINE_SEARCH_BYTES = 262_144;

/** Whether a file still holds what had been read of it when the position was saved. */
export async function isUnchanged(opened: OpenFile, saved: FilePosition): Promise<boolean> {
  return opened.size >= saved.offset && (await holdsContent(opened.handle, saved.place.mark));
}

/** Goes on behind the last line that was handed on. */
export async function resumeFrom(handle: FileHandle, saved: FilePosition): Promise<FileStart> {
  return {
    ...(await startAt(handle, saved.offset)),
    former: saved.place.former,
    position: saved,
  };
}

export function fromTheStart(former: readonly ContentMark[]): FileStart {
  return {
    offset: 0,
    head: Buffer.alloc(0),
    overlap: Buffer.alloc(0),
    former,
    position: undefined,
  };
}

/** The last `bytes` of a file, from the start of a line on. */
export async function fromTheLast(
  bytes: number,
  size: number,
  handle: FileHandle,
): Promise<FileStart> {
  if (size <= bytes) return fromTheStart([]);
  const from = size - bytes;
  const found = (await readExactly(handle, from, LINE_SEARCH_BYTES)).indexOf(NEWLINE);
  const offset = found < 0 ? from : from + found + 1;
  return { ...(await startAt(handle, offset)), former: [], position: undefined };
}

async function startAt(
  handle: FileHandle,
  offset: number,
): Promise<Pick<FileStart, "offset" | "head" | "overlap">> {
  const checked = Math.min(offset, OVERLAP_BYTES);
  return {
    offset,
    head: await readExactly(handle, 0, HEAD_BYTES),
    overlap: await readExactly(handle, offset - checked, checked),
  };
}
