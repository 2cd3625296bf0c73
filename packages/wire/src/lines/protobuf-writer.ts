const INITIAL_BYTES = 16 * 1024;
/** Above this the buffer of one giant record is given back. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** Up to here a loop in JavaScript is faster than the call into native code. */
const MAX_LOOP_CHARACTERS = 40;
const TWO_32 = 2 ** 32;
const MAX_BYTES_PER_CHARACTER = 3;

/**
 * Writes the parts of a protobuf message one behind the other into one buffer that is used again, so
 * that a field costs no allocation.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export interface ProtobufWriter {
  /** Begins a new message. What {@link finish} gave is overwritten. */
  begin(): void;
  /** A view of the message, valid until the next {@link begin}. */
  finish(): Buffer;
  /** Makes room for as many bytes; everything below expects it. */
  reserve(bytes: number): void;
  /** @param tag number and wire type of the field in one byte, so numbers up to 15. */
  byte(tag: number): void;
  /** @param value a whole number from 0 to 2^53 - 1. */
  varint(value: number): void;
  /** @param value any whole number that a double holds exactly; negative ones take 10 bytes. */
  int64(value: number): void;
  double(value: number): void;
  fixed32(value: number): void;
  fixed64(low: number, high: number): void;
  /** UTF-8 without a length before it. Lone surrogates become U+FFFD. Returns the bytes written. */
  characters(text: string): number;
  /** Hexadecimal digits as bytes. */
  hex(digits: string): void;
  position(): number;
  /** Takes back what stands behind a position. */
  rewind(position: number): void;
}

export function createProtobufWriter(): ProtobufWriter {
  let buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  let view = viewOf(buffer);
  let at = 0;

  function replace(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(bytes);
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
    view = viewOf(larger);
  }

  function varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      buffer[at] = (rest % 0x80) | 0x80;
      at += 1;
      rest = rest < TWO_32 ? rest >>> 7 : Math.floor(rest / 0x80);
    }
    buffer[at] = rest;
    at += 1;
  }

  return {
    begin() {
      at = 0;
      if (buffer.length > MAX_KEPT_BYTES) replace(INITIAL_BYTES);
    },
    finish: () => buffer.subarray(0, at),
    reserve(bytes) {
      if (at + bytes > buffer.length) replace(Math.max(at + bytes, 2 * buffer.length));
    },
    byte(tag) {
      buffer[at] = tag;
      at += 1;
    },
    varint,
    int64(value) {
      if (value >= 0) {
        varint(value);
        return;
      }
      let rest = BigInt.asUintN(64, BigInt(value));
      for (let index = 0; index < 9; index += 1) {
        buffer[at] = Number(rest & 0x7fn) | 0x80;
        at += 1;
        rest >>= 7n;
      }
      buffer[at] = Number(rest);
      at += 1;
    },
    double(value) {
      view.setFloat64(at, value, true);
      at += 8;
    },
    fixed32(value) {
      view.setUint32(at, value, true);
      at += 4;
    },
    fixed64(low, high) {
      view.setUint32(at, low, true);
      view.setUint32(at + 4, high, true);
      at += 8;
    },
    characters(text) {
      const { length } = text;
      if (length <= MAX_LOOP_CHARACTERS) {
        let index = 0;
        for (; index < length; index += 1) {
          const code = text.charCodeAt(index);
          if (code >= 0x80) break;
          buffer[at + index] = code;
        }
        if (index === length) {
          at += length;
          return length;
        }
      }
      const written = buffer.write(text, at);
      at += written;
      return written;
    },
    hex(digits) {
      for (let index = 0; index + 1 < digits.length; index += 2) {
        buffer[at] = (digitOf(digits, index) << 4) | digitOf(digits, index + 1);
        at += 1;
      }
    },
    position: () => at,
    rewind(position) {
      at = position;
    },
  };
}

/** Bytes of a varint of a whole number from 0 to 2^35 - 1: lengths, in other words. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < 0x10000000 ? 4 : 5;
}

/** Room that a text may take in the worst case, with the bytes around it. */
export function textRoom(text: string): number {
  return text.length * MAX_BYTES_PER_CHARACTER + 16;
}

function digitOf(digits: string, index: number): number {
  const code = digits.charCodeAt(index) | 0x20;
  return code >= 0x61 ? code - 0x57 : code - 0x30;
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
