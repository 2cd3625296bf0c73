import { crc32 } from "node:zlib";
import {
  DATA_OFFSET,
  encodeRingHeader,
  encodeSlot,
  frameBytes,
  type RingFacts,
  type RingSlot,
  type RingTools,
  writeFrame,
} from "../../src/index.ts";

export const tools: RingTools = {
  crc32: (bytes, seed) => crc32(bytes, seed),
  encodeText: (text) => new TextEncoder().encode(text),
  decodeText: (bytes) => new TextDecoder().decode(bytes),
};

export const facts: RingFacts = {
  serviceName: "shop",
  resourceAttributes: { "service.name": "shop", "service.version": "1.4.2" },
  pid: 42,
  hostName: "vm1",
  startedAt: 1_795_000_000_000,
  bootId: "5d0f",
  nodeVersion: "v24.21.0",
  run: 3,
  keepsLines: true,
  reportsFatalErrors: true,
};

export const SALT = 0x9e3779b9;

export type BuiltRing = { readonly bytes: Uint8Array; readonly starts: readonly number[] };

/** A ring whose lines were written one after the other, without going round. */
export function buildRing(
  payloads: readonly (string | Uint8Array)[],
  slots: Partial<Record<RingSlot, unknown>> = {},
  { dataBytes = 65_536, salt = SALT, ownFacts = facts } = {},
): BuiltRing {
  const bytes = new Uint8Array(DATA_OFFSET + dataBytes);
  bytes.set(encodeRingHeader({ salt, dataBytes, facts: ownFacts }, tools));
  for (const [slot, value] of Object.entries(slots) as [RingSlot, unknown][]) {
    const write = encodeSlot(slot, { text: JSON.stringify(value), sequence: 1 }, salt, tools);
    if (write === undefined) throw new Error(`${slot} does not fit`);
    bytes.set(write.bytes, write.offset);
  }
  const starts: number[] = [];
  let offset = DATA_OFFSET;
  for (const [index, content] of payloads.entries()) {
    const payload = typeof content === "string" ? tools.encodeText(content) : content;
    starts.push(offset);
    const frame = bytes.subarray(offset, offset + frameBytes(payload.length));
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    offset += writeFrame(frame, view, { number: index + 1, payload }, salt, tools);
  }
  return { bytes, starts };
}

/** Numbers that look random and are the same each time: mulberry32. */
export function createSeededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
