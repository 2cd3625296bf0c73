/**
 * Format version 1 of a ring file: what a process writes so that its last moments outlive it.
 *
 * ```
 * header page  magic, version, offset and size of the data, salt, length and CRC of the facts, facts (JSON)
 * slots        each kind twice: the next value goes into the older half, so a torn write leaves the other
 * data         frames on 8-byte bounds, in a circle; what is not a frame is zero or half overwritten
 * ```
 * Numbers are little-endian. Each CRC-32 begins with the file's random salt, and the length of a frame
 * is masked with it: a line cannot hold bytes that pass for a frame without knowing the salt.
 */
export const RING_VERSION = 1;

/** Not text, and with a line end that a transfer as text would change. */
export const RING_MAGIC: readonly number[] = [0x89, 0x53, 0x4c, 0x52, 0x49, 0x4e, 0x47, 0x0a];

export const HEADER_PAGE_BYTES = 16_384;
/** Magic, five numbers, CRC. */
export const HEADER_FIXED_BYTES = 32;

/** CRC, length, sequence, reserved. */
export const SLOT_HEAD_BYTES = 16;

/** Masked length, CRC, number (low and high half). */
export const FRAME_HEAD_BYTES = 16;
export const FRAME_ALIGNMENT = 8;

/** One line takes this part of the ring at most: the lines around it matter too. */
const MAX_FRAME_SHARE = 4;
/** The store takes bodies of 256 kB, and a reader checks every length that it comes across. */
const MAX_FRAME_BYTES = 524_288;

/** Bytes of one half of a slot. */
const SLOT_BYTES = {
  heartbeat: 1_024,
  settled: 2_048,
  fatal: 16_384,
  exit: 512,
  judgement: 4_096,
} as const;

export type RingSlot = keyof typeof SLOT_BYTES;

export const RING_SLOTS: readonly RingSlot[] = Object.keys(SLOT_BYTES) as RingSlot[];

export interface SlotPlace {
  readonly offset: number;
  /** Of one half, the head included. */
  readonly bytes: number;
}

/** Where the two halves of a slot are. */
export function slotPlaces(slot: RingSlot): readonly [SlotPlace, SlotPlace] {
  let offset = HEADER_PAGE_BYTES;
  for (const name of RING_SLOTS) {
    if (name === slot) break;
    offset += 2 * SLOT_BYTES[name];
  }
  const bytes = SLOT_BYTES[slot];
  return [
    { offset, bytes },
    { offset: offset + bytes, bytes },
  ];
}

/** Where the frames begin. */
export const DATA_OFFSET = 65_536;

export const MIN_RING_BYTES = 262_144;
export const MAX_RING_BYTES = 268_435_456;

/** Room for frames in a file of this size. */
export function ringDataBytes(fileBytes: number): number {
  return Math.floor((fileBytes - DATA_OFFSET) / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;
}

/** The largest payload of a frame. */
export function maxFramePayload(dataBytes: number): number {
  return Math.min(Math.floor(dataBytes / MAX_FRAME_SHARE), MAX_FRAME_BYTES) - FRAME_HEAD_BYTES;
}

/** What a payload takes in the ring. */
export function frameBytes(payloadBytes: number): number {
  return Math.ceil((FRAME_HEAD_BYTES + payloadBytes) / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;
}
