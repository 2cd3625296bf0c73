import { type RingSlot, SLOT_HEAD_BYTES, slotPlaces } from "./ring-layout.ts";
import type { RingTools } from "./ring-tools.ts";

const AT = { crc: 0, length: 4, sequence: 8 } as const;

export interface SlotWrite {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface SlotValue {
  readonly text: string;
  readonly sequence: number;
}

/**
 * One value as the write that puts it in place; undefined where it does not fit.
 *
 * @param sequence one higher than that of the value before.
 */
export function encodeSlot(
  slot: RingSlot,
  { text, sequence }: SlotValue,
  salt: number,
  tools: RingTools,
): SlotWrite | undefined {
  const place = slotPlaces(slot)[sequence % 2 === 0 ? 0 : 1];
  const payload = tools.encodeText(text);
  if (SLOT_HEAD_BYTES + payload.length > place.bytes) return undefined;
  const bytes = new Uint8Array(SLOT_HEAD_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(AT.length, payload.length, true);
  view.setUint32(AT.sequence, sequence, true);
  bytes.set(payload, SLOT_HEAD_BYTES);
  view.setUint32(AT.crc, slotCrc(bytes, place.offset, salt, tools), true);
  return { offset: place.offset, bytes };
}

/** The newer of the two halves that is whole; undefined where neither is. Never throws. */
export function decodeSlot(
  slot: RingSlot,
  file: Uint8Array,
  salt: number,
  tools: RingTools,
): SlotValue | undefined {
  let newest: SlotValue | undefined;
  for (const { offset, bytes } of slotPlaces(slot)) {
    const value = decodeHalf(file.subarray(offset, offset + bytes), offset, salt, tools);
    if (value && value.sequence > (newest?.sequence ?? -1)) newest = value;
  }
  return newest;
}

function decodeHalf(
  half: Uint8Array,
  offset: number,
  salt: number,
  tools: RingTools,
): SlotValue | undefined {
  if (half.length < SLOT_HEAD_BYTES) return undefined;
  const view = new DataView(half.buffer, half.byteOffset, half.length);
  const end = SLOT_HEAD_BYTES + view.getUint32(AT.length, true);
  if (end > half.length || end === SLOT_HEAD_BYTES) return undefined;
  const bytes = half.subarray(0, end);
  if (slotCrc(bytes, offset, salt, tools) !== view.getUint32(AT.crc, true)) return undefined;
  return {
    text: tools.decodeText(bytes.subarray(SLOT_HEAD_BYTES)),
    sequence: view.getUint32(AT.sequence, true),
  };
}

/** With its offset, so that a slot copied to another place is none. */
function slotCrc(bytes: Uint8Array, offset: number, salt: number, tools: RingTools): number {
  return tools.crc32(bytes.subarray(AT.length), (salt ^ offset) >>> 0);
}
