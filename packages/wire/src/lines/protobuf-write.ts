// The parts of a protobuf message, written one behind the other. Each function writes at a place,
// where the caller has made room, and returns the place behind what it wrote: state that is passed
// on in registers and not kept in an object is half of what makes this fast.
// Source: https://protobuf.dev/programming-guides/encoding/

/** Up to here a loop in JavaScript is faster than the call into native code. */
const MAX_LOOP_CHARACTERS = 40;
const MAX_BYTES_PER_CHARACTER = 3;
/** More than a tag and all lengths around one text take. */
const AROUND_TEXT_BYTES = 32;
const TWO_32 = 2 ** 32;

const doubles = new Float64Array(1);
const doubleBytes = new Uint8Array(doubles.buffer);
/** On a machine that has the highest byte first, doubles have to be turned round. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Room that a text may take in the worst case, with the bytes around it. */
export function roomForText(text: string): number {
  return text.length * MAX_BYTES_PER_CHARACTER + AROUND_TEXT_BYTES;
}

/** @param value a whole number from 0 to 2^53 - 1. */
export function writeVarint(buffer: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest >= TWO_32) {
    buffer[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest >= 0x80) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  return at;
}

/** @param value any whole number that a double holds exactly; negative ones take 10 bytes. */
export function writeInt64(buffer: Buffer, start: number, value: number): number {
  if (value >= 0) return writeVarint(buffer, start, value);
  let at = start;
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let index = 0; index < 9; index += 1) {
    buffer[at++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  buffer[at++] = Number(rest);
  return at;
}

export function writeDouble(buffer: Buffer, start: number, value: number): number {
  doubles[0] = value;
  for (let index = 0; index < 8; index += 1) {
    buffer[start + index] = doubleBytes[isLittleEndian ? index : 7 - index] as number;
  }
  return start + 8;
}

export function writeFixed32(buffer: Buffer, start: number, value: number): number {
  buffer[start] = value;
  buffer[start + 1] = value >>> 8;
  buffer[start + 2] = value >>> 16;
  buffer[start + 3] = value >>> 24;
  return start + 4;
}

/**
 * UTF-8 without a length before it. Lone surrogates become U+FFFD. It is `text.length` bytes further
 * exactly where the text is ASCII, since every other character takes more bytes than it has units.
 */
export function writeCharacters(buffer: Buffer, start: number, text: string): number {
  const { length } = text;
  if (length > MAX_LOOP_CHARACTERS) return start + buffer.write(text, start);
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return start + buffer.write(text, start);
    buffer[start + index] = code;
  }
  return start + length;
}

/** Hexadecimal digits as bytes. */
export function writeHex(buffer: Buffer, start: number, digits: string): number {
  let at = start;
  for (let index = 0; index + 1 < digits.length; index += 2) {
    buffer[at++] = (digitOf(digits, index) << 4) | digitOf(digits, index + 1);
  }
  return at;
}

/** Bytes of a varint of a whole number from 0 to 2^35 - 1: lengths, in other words. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Bytes that {@link writeInt64} takes. */
export function int64Bytes(value: number): number {
  if (value < 0) return 10;
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

function digitOf(digits: string, index: number): number {
  const code = digits.charCodeAt(index) | 0x20;
  return code >= 0x61 ? code - 0x57 : code - 0x30;
}
