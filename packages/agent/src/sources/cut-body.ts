/** Loki refuses bodies over 262,144 bytes; a mark of what was cut needs room too. */
export const MAX_BODY_BYTES = 250_000;

const encoder = new TextEncoder();

/** At most so many bytes of UTF-8, whole characters, and how many bytes were cut off. */
export function cutBody(body: string): { readonly body: string; readonly cutBytes: number } {
  // A unit of UTF-16 is three bytes at most: nearly every body is done here.
  if (body.length * 3 <= MAX_BODY_BYTES) return { body, cutBytes: 0 };
  const bytes = Buffer.byteLength(body);
  if (bytes <= MAX_BODY_BYTES) return { body, cutBytes: 0 };
  const { read, written } = encoder.encodeInto(body, new Uint8Array(MAX_BODY_BYTES));
  return { body: body.slice(0, read), cutBytes: bytes - written };
}
