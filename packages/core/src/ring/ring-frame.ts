import type { RingFrame } from "./ring-content.ts";
import { FRAME_ALIGNMENT, FRAME_HEAD_BYTES, frameBytes, maxFramePayload } from "./ring-layout.ts";
import type { RingTools } from "./ring-tools.ts";

const AT = { length: 0, crc: 4, numberLow: 8, numberHigh: 12 } as const;
const TWO_32 = 4_294_967_296;
/** CRC work on bytes that turn out to be no frame: a hostile file must not keep a reader busy. */
const MAX_WASTE_SHARE = 4;

/**
 * Writes one frame to the start of a buffer, padding included.
 *
 * @param target has room for `frameBytes(payload.length)`.
 * @returns bytes of the whole frame.
 */
export function writeFrame(
  target: Uint8Array,
  view: DataView,
  { number, payload }: RingFrame,
  salt: number,
  tools: RingTools,
): number {
  const end = FRAME_HEAD_BYTES + payload.length;
  const total = frameBytes(payload.length);
  view.setUint32(AT.length, payload.length ^ salt, true);
  view.setUint32(AT.numberLow, number % TWO_32, true);
  view.setUint32(AT.numberHigh, Math.floor(number / TWO_32), true);
  target.set(payload, FRAME_HEAD_BYTES);
  for (let at = end; at < total; at += 1) target[at] = 0;
  view.setUint32(AT.crc, tools.crc32(target.subarray(AT.numberLow, end), salt), true);
  return total;
}

export interface ScannedFrames {
  /** By number; of two with one number the first. */
  readonly frames: readonly RingFrame[];
  /** The search was given up: nobody writes such a file by accident. */
  readonly isCut: boolean;
}

/** Bytes between two pauses of a reader that must not hold up the process it is in. */
const STEP_BYTES = 131_072;

/**
 * Every whole frame in the data region, whatever is between them: half overwritten frames, zeros,
 * damage. The payloads are views of `data`. It yields now and then, for readers that share a thread.
 *
 * @param dataBytes size of the region as it was written; `data` may be cut short.
 */
export function* scanFrames(
  data: Uint8Array,
  salt: number,
  dataBytes: number,
  tools: RingTools,
): Generator<void, ScannedFrames> {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const maxPayload = maxFramePayload(dataBytes);
  const found: RingFrame[] = [];
  let waste = data.length * MAX_WASTE_SHARE;
  let offset = 0;
  let work = 0;
  while (offset + FRAME_HEAD_BYTES <= data.length && waste > 0) {
    if (work >= STEP_BYTES) {
      work = 0;
      yield;
    }
    const length = (view.getUint32(offset + AT.length, true) ^ salt) >>> 0;
    const end = offset + FRAME_HEAD_BYTES + length;
    if (length === 0 || length > maxPayload || end > data.length) {
      offset += FRAME_ALIGNMENT;
      work += FRAME_ALIGNMENT;
      continue;
    }
    work += FRAME_HEAD_BYTES + length;
    const checked = data.subarray(offset + AT.numberLow, end);
    if (tools.crc32(checked, salt) !== view.getUint32(offset + AT.crc, true)) {
      waste -= length;
      offset += FRAME_ALIGNMENT;
      continue;
    }
    const low = view.getUint32(offset + AT.numberLow, true);
    const number = view.getUint32(offset + AT.numberHigh, true) * TWO_32 + low;
    if (Number.isSafeInteger(number) && number > 0) {
      found.push({ number, payload: data.subarray(offset + FRAME_HEAD_BYTES, end) });
    }
    offset += frameBytes(length);
  }
  return { frames: inOrder(found), isCut: waste <= 0 };
}

/** A circle is in order but for one place, so that sorting is seldom needed. */
function inOrder(frames: readonly RingFrame[]): readonly RingFrame[] {
  const seam = frames.findIndex(({ number }, at) => at > 0 && number <= numberAt(frames, at - 1));
  const turned = seam < 0 ? frames : [...frames.slice(seam), ...frames.slice(0, seam)];
  if (isAscending(turned)) return turned;
  const sorted = [...frames].sort((left, right) => left.number - right.number);
  return sorted.filter(({ number }, at) => at === 0 || number !== numberAt(sorted, at - 1));
}

function isAscending(frames: readonly RingFrame[]): boolean {
  return frames.every(({ number }, at) => at === 0 || number > numberAt(frames, at - 1));
}

function numberAt(frames: readonly RingFrame[], at: number): number {
  return frames[at]?.number ?? 0;
}
