import { closeSync, constants, openSync, writeSync } from "node:fs";
import { createSettledNumbers, encodeSlot, type Ring, type RingSlot } from "@sightline/core";
import { nodeRingTools } from "./ring-tools.ts";

/** Marks in the ring of a dead process: what is done with it need not be done again. */
export interface DeadMarks {
  settle(numbers: readonly number[]): void;
  write(slot: RingSlot, value: unknown): void;
  close(): void;
}

/**
 * Nothing here throws: where a mark cannot be written, a second recovery sends the same bytes once
 * more, and the store keeps one of two that are equal.
 */
export function openDeadMarks(path: string, ring: Ring): DeadMarks {
  const settled = createSettledNumbers(ring.settled);
  const sequences = { ...ring.sequences };
  const fd = open(path);

  function write(slot: RingSlot, value: unknown): void {
    if (fd === undefined) return;
    const sequence = sequences[slot] + 1;
    const text = JSON.stringify(value);
    const mark = encodeSlot(slot, { text, sequence }, ring.salt, nodeRingTools);
    if (mark === undefined) return;
    try {
      writeSync(fd, mark.bytes, 0, mark.bytes.length, mark.offset);
      sequences[slot] = sequence;
    } catch {
      // See above.
    }
  }

  return {
    write,
    settle(numbers) {
      settled.add(numbers);
      write("settled", settled.read());
    },
    close() {
      if (fd !== undefined) closeSync(fd);
    },
  };
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
}
