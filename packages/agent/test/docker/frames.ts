import type { Stream } from "../../src/sources/line.ts";

export interface Message {
  readonly stream?: Stream | "daemon";
  /** `2026-11-23T08:00:00.000000001Z`. */
  readonly stamp?: string;
  readonly text: string | Buffer;
  /** Without a line end: a part of a longer line. */
  readonly isPart?: boolean;
}

const KIND = { stdout: 1, stderr: 2, daemon: 3 } as const;

/** A message as the Engine API frames it. */
export function frame({ stream = "stdout", stamp, text, isPart = false }: Message): Buffer {
  const payload = Buffer.concat([
    Buffer.from(stamp === undefined ? "" : `${stamp} `),
    Buffer.from(text),
    Buffer.from(isPart ? "" : "\n"),
  ]);
  const header = Buffer.alloc(8);
  header[0] = KIND[stream];
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** Stamp number `n` after 08:00, a microsecond apart. */
export function stamp(n: number): string {
  const seconds = String(Math.floor(n / 1_000_000)).padStart(2, "0");
  return `2026-11-23T08:00:${seconds}.${String(n % 1_000_000).padStart(6, "0")}000Z`;
}
