import type { Time } from "../sources/line.ts";

/** `2026-11-23T08:38:16.123456789Z `: Docker always writes nine digits and Z. */
export const STAMP_LENGTH = 31;

const SPACE = 0x20;
const Z = 0x5a;
const DOT = 0x2e;
const T = 0x54;

/** Reads the stamps of one stream. Seconds are parsed once per second, the rest is arithmetic. */
export function createStampReader(): (
  bytes: Buffer,
  start: number,
  end: number,
) => Time | undefined {
  let lastSecond = "";
  let lastSeconds = 0;
  return (bytes, start, end) => {
    if (!isStamp(bytes, start, end)) return undefined;
    const second = bytes.toString("latin1", start, start + 19);
    if (second !== lastSecond) {
      const millis = Date.parse(`${second}Z`);
      if (Number.isNaN(millis)) return undefined;
      lastSecond = second;
      lastSeconds = millis / 1000;
    }
    let nanos = 0;
    for (let index = start + 20; index < start + 29; index += 1) {
      const digit = (bytes[index] as number) - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      nanos = nanos * 10 + digit;
    }
    return [lastSeconds, nanos];
  };
}

export function isStamp(bytes: Buffer, start: number, end: number): boolean {
  return (
    end - start >= STAMP_LENGTH &&
    bytes[start + 10] === T &&
    bytes[start + 19] === DOT &&
    bytes[start + 29] === Z &&
    bytes[start + 30] === SPACE
  );
}
