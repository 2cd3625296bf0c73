import type { Stream, Time } from "../sources/line.ts";

/** A line of a container's log, its place not yet said. */
export interface RawLine {
  readonly text: string;
  readonly time: Time;
  readonly stream: Stream;
  readonly cutBytes: number;
}

/** Loki refuses bodies over 256 kB; JSON and attributes need room beside the text. */
export const MAX_LINE_BYTES = 200_000;

const NEWLINE = 0x0a;

/** Joins the parts that Docker cuts a long line into (16 kB each), in bytes: a cut may split a letter. */
export interface PartJoiner {
  /** @param isEnd whether the line is complete with this part. */
  add(time: Time, bytes: Buffer, start: number, end: number, isEnd: boolean): RawLine | undefined;
  /** The line that has no end yet, when nothing more comes. */
  end(): RawLine | undefined;
}

export function createPartJoiner(stream: Stream): PartJoiner {
  let parts: Buffer[] = [];
  let partBytes = 0;
  let cutBytes = 0;
  let firstTime: Time | undefined;

  function take(time: Time): RawLine {
    const line = { text: Buffer.concat(parts).toString("utf8"), time, stream, cutBytes };
    parts = [];
    partBytes = 0;
    cutBytes = 0;
    firstTime = undefined;
    return line;
  }

  return {
    add(time, bytes, start, end, isEnd) {
      if (isEnd && firstTime === undefined && end - start <= MAX_LINE_BYTES) {
        return { text: bytes.toString("utf8", start, end), time, stream, cutBytes: 0 };
      }
      firstTime ??= time;
      const kept = Math.min(end - start, MAX_LINE_BYTES - partBytes);
      // A copy: the chunk that it is part of must not live as long as the line.
      if (kept > 0) parts.push(Buffer.from(bytes.subarray(start, start + kept)));
      partBytes += kept;
      cutBytes += end - start - kept;
      return isEnd ? take(firstTime) : undefined;
    },
    end: () => (firstTime === undefined ? undefined : take(firstTime)),
  };
}

/** A message that is a part and no end is this long: Docker's buffer was full. */
const PART_BYTES = 16_384;

/**
 * Where the text of a message ends: before its line end, if it has one. The `local` driver of Docker
 * 20.10 leaves it out at the last part of a line; then only the length tells.
 */
export function textEnd(
  bytes: Buffer,
  start: number,
  end: number,
): { end: number; isEnd: boolean } {
  return end > start && bytes[end - 1] === NEWLINE
    ? { end: end - 1, isEnd: true }
    : { end, isEnd: end - start < PART_BYTES };
}
