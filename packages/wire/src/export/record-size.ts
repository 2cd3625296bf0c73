/** What a record costs beside its texts: the objects around them. */
const RECORD_BYTES = 256;
const VALUE_BYTES = 8;
const MAX_DEPTH = 4;

/**
 * A cheap estimate of the memory that the parts of a record hold. It counts text by its length, never throws,
 * and stops at a depth where only a mistake still has data.
 */
export function estimateRecordBytes(...parts: readonly unknown[]): number {
  try {
    return parts.reduce<number>((bytes, part) => bytes + estimateValue(part, 0), RECORD_BYTES);
  } catch {
    // A getter of the host's threw. Serializing finds out what that means for the record.
    return RECORD_BYTES;
  }
}

function estimateValue(value: unknown, depth: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return VALUE_BYTES;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let bytes = VALUE_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) bytes += estimateValue(item, depth + 1);
    return bytes;
  }
  for (const key in value) {
    bytes += key.length + estimateValue((value as Record<string, unknown>)[key], depth + 1);
  }
  return bytes;
}
