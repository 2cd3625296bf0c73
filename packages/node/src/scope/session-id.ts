/** Longer is no baggage of W3C. */
const MAX_HEADER_CHARACTERS = 8_192;

const ENTRY = /(?:^|,)\s{0,8}session\.id\s{0,8}=\s{0,8}([A-Za-z0-9_-]{8,64})\s{0,8}(?:[,;]|$)/;

/**
 * The `session.id` of a `baggage` header: 8 to 64 of `A-Z a-z 0-9 _ -`, the first one that is. Anyone
 * may send any, so it goes into lines and records, and never into a label.
 *
 * Source: https://www.w3.org/TR/baggage/
 */
export function readSessionId(header: string): string | undefined {
  return ENTRY.exec(header.slice(0, MAX_HEADER_CHARACTERS))?.[1];
}
