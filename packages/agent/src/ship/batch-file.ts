import { crc32 } from "node:zlib";
import type { LifeFacts, ReadLines } from "../accounts/accounts.ts";
import { isCount, isDroppedLines, isLifeFacts, isObject } from "../accounts/saved-accounts.ts";
import type { Position } from "../sources/line.ts";

/** How far one source got with a batch. */
export interface SourceStep extends ReadLines {
  readonly source: string;
  /** Whose account the lines are on. */
  readonly life: string;
  /** Where reading goes on. */
  readonly position: Position;
  /** All lines of the source that were journaled before: tells of a file that is missing. */
  readonly linesBefore: number;
}

export interface LifeLines {
  readonly life: string;
  readonly lines: number;
}

/** What a journal file says of its body. */
export interface BatchFacts {
  readonly sequence: number;
  readonly createdUnixMillis: number;
  readonly records: number;
  readonly severityNumber: number;
  /** 0, 1, … where one batch had to be cut into several files; 0 for nearly all. */
  readonly part: number;
  /** The steps are in the last part: without that one this file counts for nothing. */
  readonly isContinued: boolean;
  /** Lines in the body, by life. */
  readonly lines: readonly LifeLines[];
  readonly steps: readonly SourceStep[];
  /** Of every life named here. */
  readonly lives: readonly LifeFacts[];
}

interface Header extends BatchFacts {
  readonly version: typeof BATCH_VERSION;
  readonly bodyBytes: number;
  readonly crc32: number;
}

export type DecodedBatch =
  | { readonly status: "read"; readonly facts: BatchFacts; readonly body: Uint8Array }
  | {
      readonly status: "corrupt";
      readonly message: string;
      /** Where the header could be read all the same. */
      readonly facts?: BatchFacts;
    };

const BATCH_VERSION = 1;
const NEWLINE = 0x0a;
const NAME_PATTERN = /^(\d{12})\.(batch|refused|sent(?:-(\d{1,9}))?)$/;

/**
 * What became of a batch. It stands in the name of its file: a rename says it at once and for good,
 * so that a process that is killed before the next checkpoint does not send it again.
 */
export type FileFate =
  | { readonly kind: "waiting" }
  | { readonly kind: "sent"; readonly rejectedRecords: number }
  | { readonly kind: "refused" };

const WAITING: FileFate = { kind: "waiting" };

export function batchFileName(sequence: number, fate: FileFate = WAITING): string {
  return `${String(sequence).padStart(12, "0")}.${endingOf(fate)}`;
}

/** Undefined for a file that is none of ours. */
export function parseBatchFileName(
  name: string,
): { readonly sequence: number; readonly fate: FileFate } | undefined {
  const [, digits, ending, rejected] = NAME_PATTERN.exec(name) ?? [];
  if (digits === undefined) return undefined;
  const sequence = Number(digits);
  if (ending === "batch") return { sequence, fate: WAITING };
  if (ending === "refused") return { sequence, fate: { kind: "refused" } };
  return { sequence, fate: { kind: "sent", rejectedRecords: Number(rejected ?? 0) } };
}

function endingOf(fate: FileFate): string {
  if (fate.kind === "waiting") return "batch";
  if (fate.kind === "refused") return "refused";
  return fate.rejectedRecords === 0 ? "sent" : `sent-${fate.rejectedRecords}`;
}

/** The file as the pieces to write one after the other: a line of JSON, then the body. */
export function encodeBatchFile(facts: BatchFacts, body: Uint8Array): [Uint8Array, Uint8Array] {
  const header: Header = {
    version: BATCH_VERSION,
    ...facts,
    bodyBytes: body.length,
    crc32: crc32(body),
  };
  return [Buffer.from(`${JSON.stringify(header)}\n`), body];
}

/** Checks length and checksum: a host that lost power, or a full disk, leaves half a file behind. */
export function decodeBatchFile(file: Uint8Array): DecodedBatch {
  const end = file.indexOf(NEWLINE);
  if (end < 0) return corrupt("it has no header line");
  const header = parseHeader(Buffer.from(file.buffer, file.byteOffset, end).toString());
  if (typeof header === "string") return corrupt(header);
  const body = file.subarray(end + 1);
  const { version: _version, bodyBytes, crc32: checksum, ...facts } = header;
  if (body.length !== bodyBytes) {
    return corrupt(`its body has ${body.length} bytes of ${bodyBytes}`, facts);
  }
  if (crc32(body) !== checksum) return corrupt("its checksum does not match", facts);
  return { status: "read", facts, body };
}

/** A text says what is wrong with it. */
function parseHeader(text: string): Header | string {
  const value = parseJson(text);
  if (!isObject(value)) return "its header is not JSON";
  if (value["version"] !== BATCH_VERSION) {
    return `it has format version "${String(value["version"])}", expected ${BATCH_VERSION}`;
  }
  return isHeader(value) ? value : "its header lacks fields";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isHeader(value: Record<string, unknown>): value is Record<string, unknown> & Header {
  return (
    isCount(value["sequence"]) &&
    isCount(value["bodyBytes"]) &&
    isCount(value["records"]) &&
    isCount(value["severityNumber"]) &&
    isCount(value["part"]) &&
    typeof value["crc32"] === "number" &&
    typeof value["createdUnixMillis"] === "number" &&
    typeof value["isContinued"] === "boolean" &&
    isListOf(value["lines"], isLifeLines) &&
    isListOf(value["steps"], isSourceStep) &&
    isListOf(value["lives"], isLifeFacts)
  );
}

function isListOf(value: unknown, isPart: (part: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isPart);
}

function isLifeLines(value: unknown): boolean {
  return isObject(value) && typeof value["life"] === "string" && isCount(value["lines"]);
}

function isSourceStep(value: unknown): boolean {
  return (
    isLifeLines(value) &&
    isObject(value) &&
    typeof value["source"] === "string" &&
    value["position"] !== undefined &&
    isCount(value["linesBefore"]) &&
    isCount(value["unknownGaps"]) &&
    isDroppedLines(value["dropped"])
  );
}

function corrupt(message: string, facts?: BatchFacts): DecodedBatch {
  return { status: "corrupt", message, ...(facts === undefined ? {} : { facts }) };
}
