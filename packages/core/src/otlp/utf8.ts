const REPLACEMENT = 0xfffd;
/** Bounds the arguments of one call of `fromCharCode`. */
const CHUNK_UNITS = 4_096;

/** Text from UTF-8 by the rules of the WHATWG Encoding Standard: what is invalid becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = "";
  let units: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { codePoint, length } = readCodePoint(bytes, at);
    at += length;
    if (codePoint < 0x10000) units.push(codePoint);
    else units.push(0xd7c0 + (codePoint >> 10), 0xdc00 | (codePoint & 0x3ff));
    if (units.length >= CHUNK_UNITS) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

interface CodePoint {
  readonly codePoint: number;
  readonly length: number;
}

function readCodePoint(bytes: Uint8Array, start: number): CodePoint {
  const first = bytes[start] ?? 0;
  if (first < 0x80) return { codePoint: first, length: 1 };
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4) return { codePoint: REPLACEMENT, length: 1 };
  let codePoint = first & (0x3f >> more);
  for (let index = 1; index <= more; index += 1) {
    const byte = bytes[start + index] ?? 0;
    if (byte < lowest(first, index) || byte > highest(first, index)) {
      return { codePoint: REPLACEMENT, length: index };
    }
    codePoint = (codePoint << 6) | (byte & 0x3f);
  }
  return { codePoint, length: more + 1 };
}

/** Overlong forms, surrogates and what is above U+10FFFF show in the second byte. */
function lowest(first: number, index: number): number {
  if (index > 1) return 0x80;
  if (first === 0xe0) return 0xa0;
  return first === 0xf0 ? 0x90 : 0x80;
}

function highest(first: number, index: number): number {
  if (index > 1) return 0xbf;
  if (first === 0xed) return 0x9f;
  return first === 0xf4 ? 0x8f : 0xbf;
}
