import { type Anchor, anchorOf, compareTimes } from "../docker/anchor.ts";
import type { RawLine } from "../docker/log-line.ts";
import type { Stream } from "../sources/line.ts";

/**
 * Lines that Docker hands out twice on one connection: around a rotation, engines before 23 read a
 * part of the new file again. The stamps of a stream rise; one that does not is a repeat if it was
 * there before, and else the clock was set back.
 */
export interface Repeats {
  /** Whether it came before. */
  isRepeat(line: RawLine): boolean;
}

/** More than are ever repeated; a quiet container keeps few. */
const MAX_KEPT = 4_096;

export function createRepeats(): Repeats {
  const recent: Record<Stream, Anchor[]> = { stdout: [], stderr: [] };
  return {
    isRepeat(line) {
      const lines = recent[line.stream];
      const last = lines.at(-1);
      const anchor = anchorOf(line);
      if (last !== undefined && compareTimes(line.time, last.time) <= 0 && isAmong(lines, anchor)) {
        return true;
      }
      lines.push(anchor);
      // Halved at once: taking one off the front of an array moves all of it.
      if (lines.length > MAX_KEPT) lines.splice(0, MAX_KEPT / 2);
      return false;
    },
  };
}

const isAmong = (lines: readonly Anchor[], { time, mark }: Anchor): boolean =>
  lines.some((known) => known.mark === mark && compareTimes(known.time, time) === 0);
