import { compareTimes } from "../docker/anchor.ts";
import type { RawLine } from "../docker/log-line.ts";
import type { Stream, Time } from "../sources/line.ts";

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

/** The streams are stamped before they are written, so their lines may be out of order by a moment. */
const DISORDER_SECONDS = 1;

export function createOverflow(): Overflow {
  let counted = 0;
  let found = 0;
  /** The last line of each stream that was counted, and which of them were passed again. */
  let until: Partial<Record<Stream, Time>> = {};
  let passed = new Set<Stream>();

  function close(): number {
    const lost = counted - found;
    counted = 0;
    found = 0;
    until = {};
    passed = new Set();
    return Math.max(0, lost);
  }

  const isCounted = ({ stream, time }: RawLine): boolean => {
    const last = until[stream];
    return last !== undefined && compareTimes(time, last) <= 0;
  };

  function isAllPassed(time: Time): boolean {
    return Object.entries(until).every(
      ([stream, [seconds, nanos]]) =>
        passed.has(stream as Stream) || compareTimes(time, [seconds + DISORDER_SECONDS, nanos]) > 0,
    );
  }

  return {
    count(line) {
      // Room may end again before all was read again: those lines have been counted.
      if (isCounted(line)) return;
      counted += 1;
      until[line.stream] = line.time;
      passed.delete(line.stream);
    },
    noteKept(line) {
      const last = until[line.stream];
      if (isCounted(line)) found += 1;
      if (last !== undefined && compareTimes(line.time, last) >= 0) passed.add(line.stream);
      return counted > 0 && isAllPassed(line.time) ? close() : undefined;
    },
    giveUp: close,
    isOpen: () => counted > 0,
  };
}
