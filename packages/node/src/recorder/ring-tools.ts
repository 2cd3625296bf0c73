import { crc32 } from "node:zlib";
import type { RingTools } from "@sightline/core";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What the ring's format needs of Node. */
export const nodeRingTools: RingTools = {
  crc32: (bytes, seed) => crc32(bytes, seed),
  encodeText: (text) => encoder.encode(text),
  decodeText: (bytes) => decoder.decode(bytes),
};
