import { crc32 } from "node:zlib";
import { type BatchFacts, SIGNALS, type Signal } from "../batch.ts";

/**
 * A spooled batch is one file: a line of JSON, then the body. The facts stand in the file's name
 * too, so that a folder of thousands is taken over by listing it, without opening a file.
 */
interface Header {
  readonly version: 1;
  readonly bytes: number;
  readonly crc32: number;
  /** Why a quarantined batch was refused. */
  readonly reason?: string;
}

export type DecodeResult =
  | { readonly status: "read"; readonly body: Uint8Array }
  | { readonly status: "corrupt"; readonly message: string };

const NEWLINE = 0x0a;
const MAX_HEADER_BYTES = 4096;
const NAME_PATTERN = /^(\d{13,})-(\d{10,})-(logs|metrics|traces)-(\d{1,3})-(\d+)-[\w-]+\.batch$/;

/** Of a batch saved while its process exits: another name, as a write of it may be under way. */
export const EXIT_ENDING = "-exit.batch";

/** Sorts by age: time, then order of enqueue. `owner` keeps names of two processes apart. */
export function batchFileName(facts: BatchFacts, sequence: number, owner: string): string {
  const time = String(Math.trunc(facts.createdUnixMillis)).padStart(13, "0");
  const order = String(sequence).padStart(10, "0");
  return `${time}-${order}-${facts.signal}-${facts.severityNumber}-${facts.records}-${owner}.batch`;
}

/** The facts in a name, or undefined for a file that is none of ours. */
export function parseBatchFileName(name: string): BatchFacts | undefined {
  const match = NAME_PATTERN.exec(name);
  if (!match) return undefined;
  const signal = SIGNALS.find((known): known is Signal => known === match[3]);
  if (!signal) return undefined;
  return {
    signal,
    createdUnixMillis: Number(match[1]),
    severityNumber: Number(match[4]),
    records: Number(match[5]),
  };
}

/** The file as the pieces to write one after the other; the body is not copied. */
export function encodeBatchFile(body: Uint8Array, reason?: string): [Uint8Array, Uint8Array] {
  const header: Header = {
    version: 1,
    bytes: body.length,
    crc32: crc32(body),
    ...(reason === undefined ? {} : { reason }),
  };
  return [new TextEncoder().encode(`${JSON.stringify(header)}\n`), body];
}

/** Checks length and checksum: a crash or a full disk leaves half a file behind. */
export function decodeBatchFile(file: Uint8Array): DecodeResult {
  const end = file.subarray(0, MAX_HEADER_BYTES).indexOf(NEWLINE);
  if (end < 0) return corrupt("no header line");
  const header = parseHeader(new TextDecoder().decode(file.subarray(0, end)));
  if (!header) return corrupt("header is not version 1");
  const body = file.subarray(end + 1);
  if (body.length !== header.bytes) {
    return corrupt(`expected ${header.bytes} bytes, found ${body.length}`);
  }
  return crc32(body) === header.crc32
    ? { status: "read", body }
    : corrupt("checksum does not match");
}

function parseHeader(line: string): Header | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isHeader = typeof value === "object" && value !== null && "version" in value;
    return isHeader && value.version === 1 ? (value as Header) : undefined;
  } catch {
    return undefined;
  }
}

function corrupt(message: string): DecodeResult {
  return { status: "corrupt", message };
}
