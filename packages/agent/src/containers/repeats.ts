import { type Anchor, compareTimes } from "../docker/anchor.ts";
import type { Stream, Time } from "../sources/line.ts";

/**
 * Lines that Docker hands out twice on one connection: around a rotation, engines before 23 read a
 * part of the new file again. The stamps of a stream rise; one that does not is a repeat if it was
 * there before, and else the clock was set back.
 */
export interface Repeats {
  /** Whether it came before. */
  isRepeat(line: Anchor): boolean;
}

/** More than are ever repeated; a quiet container keeps few. */
const MAX_KEPT = 2_048;
const FIRST_KEPT = 64;
/** Seconds, nanoseconds and the mark of the text. */
const NUMBERS = 3;

export function createRepeats(): Repeats {
  const recent: Record<Stream, Ring> = { stdout: createRing(), stderr: createRing() };
  return {
    isRepeat({ stream, time, mark }) {
      const ring = recent[stream];
      if (ring.isNotLater(time) && ring.has(time, mark)) return true;
      ring.push(time, mark);
      return false;
    },
  };
}

interface Ring {
  push(time: Time, mark: number): void;
  /** Whether this is at or before the newest. */
  isNotLater(time: Time): boolean;
  has(time: Time, mark: number): boolean;
}

/** Plain numbers in one array: an object for each line would be megabytes for a busy container. */
function createRing(): Ring {
  let numbers = new Int32Array(FIRST_KEPT * NUMBERS);
  let count = 0;
  let newest: Time = [0, 0];
  const kept = (): number => Math.min(count, numbers.length / NUMBERS);

  return {
    push([seconds, nanos], mark) {
      if (count * NUMBERS === numbers.length && numbers.length < MAX_KEPT * NUMBERS) {
        const larger = new Int32Array(Math.min(numbers.length * 4, MAX_KEPT * NUMBERS));
        larger.set(numbers);
        numbers = larger;
      }
      const at = (count * NUMBERS) % numbers.length;
      numbers[at] = seconds;
      numbers[at + 1] = nanos;
      numbers[at + 2] = mark;
      count += 1;
      newest = [seconds, nanos];
    },
    isNotLater: (time) => count > 0 && compareTimes(time, newest) <= 0,
    has([seconds, nanos], mark) {
      for (let at = 0; at < kept() * NUMBERS; at += NUMBERS) {
        if (
          numbers[at + 1] === nanos &&
          numbers[at + 2] === (mark | 0) &&
          numbers[at] === (seconds | 0)
        ) {
          return true;
        }
      }
      return false;
    },
  };
}
