import { compareTimes } from "../docker/anchor.ts";
import type { RawLine } from "../docker/log-line.ts";

/**
 * Exact loss where the journal had no room. While it has none, lines are read and counted but not
 * kept: Docker's own files are the buffer. Later the log is read again from the last line that was
 * kept, up to the last one that was counted; what is not there any more was rotated away, and is
 * the difference of the two counts.
 */
export interface Overflow {
  /** A line that was read while there was no room. */
  count(line: RawLine): void;
  /** A line that was kept. @returns lines that are lost for good, once the last counted is passed. */
  noteKept(line: RawLine): number | undefined;
  /** The log is gone: what was counted and not read again is lost. */
  giveUp(): number;
  /** Whether there are lines that were counted and not yet read again. */
  isOpen(): boolean;
}

export function createOverflow(): Overflow {
  let counted = 0;
  let found = 0;
  let last: RawLine | undefined;

  function close(): number {
    const lost = counted - found;
    counted = 0;
    found = 0;
    last = undefined;
    return Math.max(0, lost);
  }

  return {
    count(line) {
      // Room may end again before all was read again: those lines have been counted.
      if (last !== undefined && compareTimes(line.time, last.time) <= 0) return;
      counted += 1;
      last = line;
    },
    noteKept(line) {
      if (last === undefined) return undefined;
      const order = compareTimes(line.time, last.time);
      if (order <= 0) found += 1;
      return order >= 0 ? close() : undefined;
    },
    giveUp: close,
    isOpen: () => last !== undefined,
  };
}
