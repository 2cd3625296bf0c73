import { hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** Bytes of a file's start that tell it from another. Banners are shorter than this. */
export const HEAD_BYTES = 1_024;
/** Bytes before a read that are read again: if they changed, the file was written anew. */
export const OVERLAP_BYTES = 64;

/** What of a file's bytes is remembered, to know it again under another name or as a copy. */
export interface ContentMark {
  /** How many bytes of its start were hashed, at most {@link HEAD_BYTES}. */
  readonly headBytes: number;
  readonly headHash: string;
  /** Offset that had been read up to. */
  readonly checkOffset: number;
  /** The last at most {@link OVERLAP_BYTES} bytes before it, hexadecimal. */
  readonly check: string;
}

export function contentMark(head: Buffer, checkOffset: number, overlap: Buffer): ContentMark {
  return {
    headBytes: head.length,
    headHash: hashOf(head),
    checkOffset,
    check: overlap.toString("hex"),
  };
}

/** Whether an open file still (or also) holds what the mark was made of. */
export async function holdsContent(handle: FileHandle, mark: ContentMark): Promise<boolean> {
  const head = await readExactly(handle, 0, mark.headBytes);
  if (head.length !== mark.headBytes || hashOf(head) !== mark.headHash) return false;
  const length = mark.check.length / 2;
  const overlap = await readExactly(handle, mark.checkOffset - length, length);
  return overlap.length === length && overlap.toString("hex") === mark.check;
}

/** Fewer bytes than asked for where the file ends before. */
export async function readExactly(
  handle: FileHandle,
  offset: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function hashOf(bytes: Buffer): string {
  return hash("sha256", bytes, "hex").slice(0, 24);
}
