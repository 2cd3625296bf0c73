import type { RawLine } from "./line-splitter.ts";

const BYTE_ORDER_MARK = "\uFEFF";
const LONGEST_CHARACTER_BYTES = 4;

export interface DecodedLine {
  readonly text: string;
  readonly cutBytes: number;
}

/** Valid text of a line: U+FFFD for what is no UTF-8, no half character where it was cut. */
export function decodeLine(line: RawLine): DecodedLine {
  const bytes = line.cutBytes === 0 ? line.bytes : withoutHalfCharacter(line.bytes);
  const text = bytes.toString("utf8");
  return {
    text: line.startOffset === 0 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text,
    cutBytes: line.cutBytes + (line.bytes.length - bytes.length),
  };
}

function withoutHalfCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= LONGEST_CHARACTER_BYTES && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    return characterBytes(byte) > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

/** Length of the character that starts with this byte (RFC 3629). */
function characterBytes(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}
