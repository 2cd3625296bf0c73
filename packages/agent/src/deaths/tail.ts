import type { Line, Stream, Time } from "../sources/line.ts";

export interface TailOptions {
  /** Lines kept. Default 200. */
  readonly maxLines?: number;
  /** UTF-8 bytes of text kept, which is also what the tail takes in memory. Default 65,536. */
  readonly maxBytes?: number;
}

export interface TailLine {
  readonly text: string;
  readonly stream: Stream;
  readonly time: Time;
}

/** The last lines of one run. */
export interface Tail {
  push(line: Pick<Line, "text" | "stream" | "time">): void;
  /** Oldest first. */
  lines(): TailLine[];
  /** Lines pushed in all, those that are gone included. */
  total(): number;
}

interface Kept {
  /** Counted on and on; `% capacity` is the place in the buffer. */
  readonly start: number;
  readonly bytes: number;
  /** Bytes of its end that were not kept. */
  readonly cutBytes: number;
  readonly stream: Stream;
  readonly time: Time;
}

const FIRST_CAPACITY = 4_096;
/** One line takes this share at most: the lines around it matter too. */
const LINE_SHARE = 4;

/**
 * Keeps text as bytes in a ring of its own: a piece of a string keeps the whole string alive, and
 * with it the 64 kB that were read at once. The ring grows as it is used, for containers that say little.
 */
export function createTail(options: TailOptions = {}): Tail {
  const maxLines = options.maxLines ?? 200;
  const maxBytes = Math.max(options.maxBytes ?? 65_536, 1_024);
  const maxLineBytes = Math.floor(maxBytes / LINE_SHARE);
  let ring = Buffer.allocUnsafeSlow(Math.min(FIRST_CAPACITY, maxBytes));
  let kept: Kept[] = [];
  let oldest = 0;
  let end = 0;
  let total = 0;

  const used = (newEnd: number): number => newEnd - (kept[oldest]?.start ?? newEnd);

  function dropOldest(): void {
    oldest += 1;
    // Taking from the front of an array moves all of it: done once for many lines.
    if (oldest > maxLines) {
      kept = kept.slice(oldest);
      oldest = 0;
    }
  }

  /** Where `bytes` would go in one piece. */
  function place(bytes: number): number {
    const left = ring.length - (end % ring.length);
    return bytes <= left ? end : end + left;
  }

  function grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(ring.length * 4, maxBytes));
    let next = 0;
    kept = kept.slice(oldest).map((line) => {
      const from = line.start % ring.length;
      ring.copy(larger, next, from, from + line.bytes);
      const moved = { ...line, start: next };
      next += line.bytes;
      return moved;
    });
    [ring, oldest, end] = [larger, 0, next];
  }

  return {
    push({ text, stream, time }) {
      total += 1;
      if (maxLines <= 0) return;
      // A character is a byte at least: what cannot fit is not even measured.
      const head = text.length > maxLineBytes ? text.slice(0, maxLineBytes) : text;
      const headBytes = Buffer.byteLength(head);
      const bytes = Math.min(headBytes, maxLineBytes);
      const needed = (): number => Math.max(bytes, used(place(bytes) + bytes));
      while (needed() > ring.length && ring.length < maxBytes) grow();
      const start = place(bytes);
      while (oldest < kept.length && used(start + bytes) > ring.length) dropOldest();
      // Writes whole characters only, so it may be a few bytes less.
      const written = ring.write(head, start % ring.length, bytes);
      const isWhole = head.length === text.length && headBytes === bytes;
      const cutBytes = isWhole ? 0 : Buffer.byteLength(text) - written;
      kept.push({ start, bytes: written, cutBytes, stream, time });
      end = start + written;
      if (kept.length - oldest > maxLines) dropOldest();
    },
    lines: () =>
      kept.slice(oldest).map(({ start, bytes, cutBytes, stream, time }) => {
        const from = start % ring.length;
        const text = ring.toString("utf8", from, from + bytes);
        return { text: cutBytes > 0 ? `${text} [${cutBytes} bytes cut]` : text, stream, time };
      }),
    total: () => total,
  };
}
