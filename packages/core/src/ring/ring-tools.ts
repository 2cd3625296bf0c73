/** What a pure package has not: passed in by whoever reads or writes a ring. */
export interface RingTools {
  /** CRC-32 as in zlib and gzip, continued from `seed`; an unsigned 32-bit number. */
  crc32(bytes: Uint8Array, seed: number): number;
  /** UTF-8. */
  encodeText(text: string): Uint8Array;
  /** UTF-8; what is none becomes U+FFFD. Never throws. */
  decodeText(bytes: Uint8Array): string;
}
