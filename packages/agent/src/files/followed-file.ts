import type { FileHandle } from "node:fs/promises";
import type { Clock } from "@sightline/wire";
import type { SourceSink } from "../sources/source-sink.ts";
import { decodeLine } from "./decode-line.ts";
import { type ContentMark, contentMark, HEAD_BYTES, OVERLAP_BYTES } from "./file-content.ts";
import { type FilePlace, type FilePosition, toPosition } from "./file-position.ts";
import { createLineSplitter, type LineSplitter, type RawLine } from "./line-splitter.ts";
import { createTimeStamper, type TimeStamper } from "./time-stamper.ts";

/** Text of a line that is kept, in bytes; below what Loki takes (256 kB). */
const MAX_LINE_BYTES = 200_000;
/** Former contents of one file that are remembered, to tell their copies from new files. */
const MAX_FORMER = 8;
const REST_SIGN = "… ";

export type ReadOutcome =
  /** There was something; there may be more. */
  | "more"
  | "end"
  /** The copy of what the file held before is read to its end. */
  | "copy_end"
  /** The bytes before the offset are others than those that were read. */
  | "replaced";

/** Where in a file reading starts. */
export interface FileStart {
  readonly offset: number;
  /** The first bytes of the content that the offset belongs to, at most {@link HEAD_BYTES}. */
  readonly head: Buffer;
  /** The bytes before the offset, at most {@link OVERLAP_BYTES}. */
  readonly overlap: Buffer;
  readonly former: readonly ContentMark[];
  readonly position: FilePosition | undefined;
}

/** Whose lines they are. */
export interface FileOwner {
  readonly glob: string;
  readonly path: string;
  readonly life: string;
  readonly sink: SourceSink;
}

export interface FollowedFile {
  readOffset(): number;
  sink(): SourceSink;
  /** The current content and those before it, newest first. */
  marks(): readonly ContentMark[];
  setModified(unixMillis: number): void;
  setPath(path: string): void;
  /** See `FilePlace.sinceMillis`. */
  setSince(unixMillis: number): void;
  /** Reads one chunk and hands on its lines. `buffer` is only used during the call. */
  readChunk(handle: FileHandle, buffer: Buffer): Promise<ReadOutcome>;
  /** What the file held is gone; its unread rest is in this copy. Closes it at its end. */
  goOnInCopy(copy: FileHandle, modifiedMillis: number): void;
  isInCopy(): boolean;
  /** Hands on an unfinished last line: nothing can follow it. True if there was one. */
  handOnRest(): boolean;
  /** The file has new content from its first byte on. */
  startOver(owner: FileOwner): void;
  close(): Promise<void>;
}

export function createFollowedFile(
  firstOwner: FileOwner,
  start: FileStart,
  clock: Clock,
): FollowedFile {
  let owner = firstOwner;
  let modifiedMillis = 0;
  let copyModifiedMillis: number | undefined;
  let sinceMillis = start.position?.place.sinceMillis ?? 0;
  let copy: FileHandle | undefined;
  let head = Buffer.from(start.head);
  let overlap = Buffer.from(start.overlap);
  let former = start.former;
  let isRestOfHalf = start.position?.isHalf === true;
  let splitter: LineSplitter = createLineSplitter(start.offset, MAX_LINE_BYTES);
  let stamper: TimeStamper = createTimeStamper(start.position?.time);
  let place: FilePlace | undefined;

  function mark(): ContentMark {
    return contentMark(head, splitter.readOffset(), overlap);
  }

  function handOn(raw: RawLine, at: FilePlace, readMillis: number, isHalf: boolean): void {
    const isRest = isRestOfHalf;
    isRestOfHalf = isHalf;
    // Only the line end was missing of a line that was handed on without it.
    if (isRest && raw.bytes.length === 0) return;
    const decoded = decodeLine(raw);
    const text = isRest ? REST_SIGN + decoded.text : decoded.text;
    const time = stamper.stamp(text, {
      startOffset: raw.startOffset,
      readMillis,
      modifiedMillis: at.modifiedMillis,
    });
    const position: FilePosition = {
      place: at,
      offset: raw.endOffset,
      time,
      ...(isHalf ? { isHalf } : {}),
    };
    owner.sink.push({
      text,
      time,
      stream: "stdout",
      position: toPosition(position),
      cutBytes: decoded.cutBytes,
    });
  }

  /** The mark is taken before the chunk: its check bytes lie before every line of the chunk. */
  function placeNow(): FilePlace {
    const writtenMillis = copyModifiedMillis ?? modifiedMillis;
    return {
      glob: owner.glob,
      path: owner.path,
      life: owner.life,
      modifiedMillis: writtenMillis,
      // Generations after this one may be known by now, but nothing of them is saved.
      sinceMillis: Math.min(sinceMillis, writtenMillis),
      mark: mark(),
      former,
    };
  }

  function extendHead(offset: number, data: Buffer): void {
    if (offset === 0) head = Buffer.from(data.subarray(0, HEAD_BYTES));
    else if (head.length < HEAD_BYTES && head.length >= offset) {
      const more = data.subarray(head.length - offset, HEAD_BYTES - offset);
      head = Buffer.concat([head, more]);
    }
  }

  return {
    readOffset: () => splitter.readOffset(),
    sink: () => owner.sink,
    marks: () => [mark(), ...former],
    setModified(unixMillis) {
      modifiedMillis = unixMillis;
    },
    setPath(path) {
      owner = { ...owner, path };
    },
    setSince(unixMillis) {
      sinceMillis = unixMillis;
    },
    async readChunk(handle, buffer) {
      const offset = splitter.readOffset();
      const checked = overlap.length;
      const from = copy ?? handle;
      const { bytesRead } = await from.read(buffer, 0, buffer.length, offset - checked);
      if (bytesRead < checked || !buffer.subarray(0, checked).equals(overlap)) {
        if (copy) return "copy_end";
        return "replaced";
      }
      const data = buffer.subarray(checked, bytesRead);
      if (data.length === 0) return copy ? "copy_end" : "end";
      extendHead(offset, data);
      const at = placeNow();
      place = at;
      const readMillis = clock.now();
      splitter.push(data, (raw) => handOn(raw, at, readMillis, false));
      overlap = Buffer.from(buffer.subarray(Math.max(0, bytesRead - OVERLAP_BYTES), bytesRead));
      return "more";
    },
    goOnInCopy(handle, unixMillis) {
      copy = handle;
      copyModifiedMillis = unixMillis;
    },
    isInCopy: () => copy !== undefined,
    handOnRest() {
      const rest = splitter.takeRest();
      if (!rest) return false;
      handOn(rest, place ?? placeNow(), clock.now(), true);
      return true;
    },
    startOver(next) {
      former = [mark(), ...former].slice(0, MAX_FORMER);
      owner = next;
      head = Buffer.alloc(0);
      overlap = Buffer.alloc(0);
      isRestOfHalf = false;
      splitter = createLineSplitter(0, MAX_LINE_BYTES);
      stamper = createTimeStamper(undefined);
      copyModifiedMillis = undefined;
      const done = copy;
      copy = undefined;
      void done?.close();
    },
    async close() {
      const done = copy;
      copy = undefined;
      await done?.close();
    },
  };
}
