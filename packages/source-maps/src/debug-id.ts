import { createHash } from "node:crypto";

const DEBUG_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** RFC 9562, name space of our own for version 5. */
const NAMESPACE = "5b1d5c8e-3d0f-5c0a-9d5e-8f6f0f2a7c11";

/** A debug id as it is kept: a UUID in lower case. Undefined for anything else, so it is safe in a path. */
export function parseDebugId(text: unknown): string | undefined {
  if (typeof text !== "string" || text.length !== 36) return undefined;
  const id = text.toLowerCase();
  return DEBUG_ID.test(id) ? id : undefined;
}

/**
 * The id of a built file that has none. It follows from path and code alone, and not from the map:
 * the same bytes must stay the same bytes, or a cached file would fail the integrity of a new page.
 */
export function debugIdOf(path: string, code: string): string {
  const hash = createHash("sha1")
    .update(Buffer.from(NAMESPACE.replaceAll("-", ""), "hex"))
    .update(path)
    .update("\0")
    .update(code)
    .digest();
  hash[6] = (hash.readUInt8(6) & 0x0f) | 0x50;
  hash[8] = (hash.readUInt8(8) & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
