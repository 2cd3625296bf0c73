import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import {
  createSettledNumbers,
  DATA_OFFSET,
  encodeRingHeader,
  encodeSlot,
  frameBytes,
  maxFramePayload,
  type RingFacts,
  type RingSettled,
  type RingSlot,
  ringDataBytes,
  writeFrame,
} from "@sightline/core";
import { FILE_MODE } from "@sightline/wire";
import { createLiveFrames } from "./live-frames.ts";
import { nodeRingTools } from "./ring-tools.ts";

export type RingFileOptions = {
  /** What is there under this name is replaced. */
  readonly path: string;
  readonly facts: RingFacts;
  /** Size of the file. */
  readonly maxBytes: number;
  /** Number of the first line. */
  readonly firstNumber: number;
};

export type RingFileFigures = {
  /** Lines that were written over before they were safe elsewhere. */
  readonly lappedLines: number;
  /** Lines that are not safe elsewhere yet, those included. */
  readonly openLines: number;
};

/** One ring file that is being written. Methods throw what `fs` does. */
export interface RingFile {
  /** The number of the record, or 0 where it is too large for the ring. */
  append(record: Uint8Array): number;
  settle(numbers: readonly number[]): void;
  /** Puts a value into its slot. False for one that is too large: then the last one stays. */
  writeSlot(slot: RingSlot, value: unknown): boolean;
  /** Takes the next piece of the disk. False when all is taken, or the disk gave no more. */
  allocateMore(): boolean;
  /** False where somebody deleted it. */
  isLinked(): boolean;
  figures(): RingFileFigures;
  close(): void;
}

/** Taken at once at the start: header, marks, and room for the first lines. */
const FIRST_ALLOCATION_BYTES = 262_144;
/** Taken step by step after it; a step blocks for some 0.1 ms. */
const ALLOCATION_STEP_BYTES = 262_144;
/** With less than this, a ring is not worth having. */
const MIN_DATA_BYTES = 65_536;
const FIRST_SCRATCH_BYTES = 8_192;
const MAX_WRITTEN_RANGES = 64;

/**
 * Real blocks are taken by writing zeros: a sparse file would find the disk full in the middle of an
 * incident, which is when disks are full.
 */
export function createRingFile(options: RingFileOptions): RingFile {
  const { facts, firstNumber } = options;
  const salt = randomBytes(4).readUInt32LE();
  const sequences: Record<RingSlot, number> = {
    heartbeat: 0,
    settled: 0,
    fatal: 0,
    exit: 0,
    judgement: 0,
  };
  const settled = createSettledNumbers({ through: firstNumber - 1, ranges: [] });
  const live = createLiveFrames(firstNumber);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  let dataBytes = ringDataBytes(options.maxBytes);
  let allocatedBytes = 0;
  let scratch = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);
  let view = viewOf(scratch);
  let position = 0;
  let next = firstNumber;
  let largestPayload = 0;
  // Under its name only with a header: who is killed at this very moment leaves no riddle behind.
  const unborn = `${options.path}.new`;
  rmSync(unborn, { force: true });
  const fd = openSync(unborn, flags, FILE_MODE);
  try {
    const first = Buffer.alloc(Math.min(FIRST_ALLOCATION_BYTES, DATA_OFFSET + dataBytes));
    first.set(encodeRingHeader({ salt, dataBytes, facts }, nodeRingTools));
    writeAll(fd, first, first.length, 0);
    allocatedBytes = first.length;
    writeSettled();
    renameSync(unborn, options.path);
  } catch (error) {
    closeSync(fd);
    // Its room is what the disk is short of.
    rmSync(unborn, { force: true });
    throw error;
  }

  function wrap(): void {
    // The rest of the circle is cleared: what stands there is older than what is written over next.
    live.forgetWithin(position, dataBytes);
    const end = Math.min(dataBytes, allocatedBytes - DATA_OFFSET);
    if (end > position) {
      const zeros = Buffer.alloc(end - position);
      writeAll(fd, zeros, zeros.length, DATA_OFFSET + position);
    }
    position = 0;
  }

  function growScratch(bytes: number): void {
    scratch = Buffer.allocUnsafeSlow(bytes * 2);
    view = viewOf(scratch);
  }

  function writeSettled(): void {
    writeSlot("settled", shortened(settled.read()));
  }

  function writeSlot(slot: RingSlot, value: unknown): boolean {
    const sequence = sequences[slot] + 1;
    const write = encodeSlot(slot, { text: JSON.stringify(value), sequence }, salt, nodeRingTools);
    if (write === undefined) return false;
    writeAll(fd, write.bytes, write.bytes.length, write.offset);
    sequences[slot] = sequence;
    return true;
  }

  /** A disk that has no more to give leaves a smaller ring. */
  function shrink(): void {
    const smaller = ringDataBytes(allocatedBytes);
    if (smaller < MIN_DATA_BYTES || maxFramePayload(smaller) < largestPayload) return;
    const header = encodeRingHeader({ salt, dataBytes: smaller, facts }, nodeRingTools);
    writeAll(fd, header, header.length, 0);
    dataBytes = smaller;
  }

  return {
    append(record) {
      const { length } = record;
      if (length === 0 || length > maxFramePayload(dataBytes)) return 0;
      const bytes = frameBytes(length);
      if (bytes > scratch.length) growScratch(bytes);
      if (position + bytes > dataBytes) wrap();
      writeFrame(scratch, view, { number: next, payload: record }, salt, nodeRingTools);
      writeAll(fd, scratch, bytes, DATA_OFFSET + position);
      live.forgetWithin(position, position + bytes);
      live.push(position);
      position += bytes;
      if (DATA_OFFSET + position > allocatedBytes) allocatedBytes = DATA_OFFSET + position;
      if (length > largestPayload) largestPayload = length;
      next += 1;
      return next - 1;
    },
    settle(numbers) {
      settled.add(numbers.filter((number) => number < next));
      writeSettled();
    },
    writeSlot,
    allocateMore() {
      const missing = DATA_OFFSET + dataBytes - allocatedBytes;
      if (missing <= 0) return false;
      const zeros = Buffer.alloc(Math.min(ALLOCATION_STEP_BYTES, missing));
      try {
        writeAll(fd, zeros, zeros.length, allocatedBytes);
      } catch (error) {
        shrink();
        throw error;
      }
      allocatedBytes += zeros.length;
      return allocatedBytes < DATA_OFFSET + dataBytes;
    },
    isLinked: () => fstatSync(fd).nlink > 0,
    figures: () => ({
      lappedLines: settled.countOpenBelow(live.oldest()),
      openLines: settled.countOpenBelow(next),
    }),
    close: () => closeSync(fd),
  };
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

function writeAll(fd: number, bytes: Uint8Array, length: number, position: number): void {
  const written = writeSync(fd, bytes, 0, length, position);
  if (written === length) return;
  // A disk that fills up takes the first part, and says why only when asked for the rest.
  writeAll(fd, bytes.subarray(written), length - written, position + written);
}

/** As many holes as the slot has room for; what stands behind them is sent once more after a crash. */
function shortened({ through, ranges }: RingSettled): RingSettled {
  return { through, ranges: ranges.slice(0, MAX_WRITTEN_RANGES) };
}
