import type { Line } from "../../../src/sources/line.ts";

export const NOON_MILLIS: number = Date.UTC(2026, 10, 23, 12);

/** The group of lines that a text is, read at noon. */
export function group(text: string): Line[] {
  return text.split("\n").map((line) => ({
    text: line,
    time: [NOON_MILLIS / 1000, 0],
    stream: "stdout",
    position: null,
    cutBytes: 0,
  }));
}
