/** Where the frames are that are not written over yet. Their numbers have no holes. */
export interface LiveFrames {
  /** Lowest number that is still there; one above the last where none is. */
  oldest(): number;
  /** Forgets the frames that begin in this stretch, oldest first. */
  forgetWithin(start: number, end: number): void;
  /** The frame of the next number begins here. */
  push(start: number): void;
}

const FIRST_CAPACITY = 1_024;

/** A circle of numbers that grows with the number of lines in the ring: four bytes a line. */
export function createLiveFrames(firstNumber: number): LiveFrames {
  let starts = new Uint32Array(FIRST_CAPACITY);
  let oldest = firstNumber;
  let next = firstNumber;

  function grow(): void {
    const larger = new Uint32Array(starts.length * 2);
    for (let number = oldest; number < next; number += 1) {
      larger[number % larger.length] = starts[number % starts.length] as number;
    }
    starts = larger;
  }

  return {
    oldest: () => oldest,
    forgetWithin(start, end) {
      while (oldest < next) {
        const place = starts[oldest % starts.length] as number;
        if (place < start || place >= end) return;
        oldest += 1;
      }
    },
    push(start) {
      if (next - oldest === starts.length) grow();
      starts[next % starts.length] = start;
      next += 1;
    },
  };
}
