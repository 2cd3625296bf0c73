import type { AttributeValue } from "../records/log-record.ts";
import { type ProtobufField, readProtobufFields } from "./protobuf-fields.ts";
import { decodeUtf8 } from "./utf8.ts";

/** A `LogRecord` message of OTLP in plain values. */
export interface DecodedRecord {
  /** Whole milliseconds; lines of one millisecond are set apart below that. */
  readonly timeUnixMillis: number;
  /** 1 to 24; 0 = none. */
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** 32 hexadecimal digits; empty = none. */
  readonly traceId: string;
  /** 16 hexadecimal digits; empty = none. */
  readonly spanId: string;
  readonly eventName: string;
}

/** Numbers of fields, from opentelemetry-proto 1.9, logs/v1 and common/v1. */
const RECORD = {
  time: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  traceId: 9,
  spanId: 10,
  eventName: 12,
} as const;
const PAIR = { key: 1, value: 2 } as const;
const ANY = { string: 1, bool: 2, int: 3, double: 4 } as const;

/**
 * Reads one record as it was kept to be sent. Attributes that are lists or maps, which no record of
 * ours has, are left out.
 *
 * @returns undefined where the bytes are no such message.
 */
export function decodeLogRecord(message: Uint8Array): DecodedRecord | undefined {
  const fields = readProtobufFields(message);
  if (fields === undefined) return undefined;
  return {
    timeUnixMillis: readMillis(fields),
    severityNumber: Number(readNumber(fields, RECORD.severityNumber)),
    severityText: readText(fields, RECORD.severityText),
    body: readBody(fields),
    attributes: readAttributes(fields),
    traceId: readHex(fields, RECORD.traceId),
    spanId: readHex(fields, RECORD.spanId),
    eventName: readText(fields, RECORD.eventName),
  };
}

/** A field that comes twice counts with its last value, as protobuf has it. */
function findBytes(fields: readonly ProtobufField[], number: number): Uint8Array | undefined {
  const field = fields.findLast((known) => known.number === number);
  return field === undefined || field.kind === "varint" ? undefined : field.bytes;
}

function readNumber(fields: readonly ProtobufField[], number: number): bigint {
  const field = fields.findLast((known) => known.number === number);
  return field?.kind === "varint" ? field.value : 0n;
}

function readText(fields: readonly ProtobufField[], number: number): string {
  const bytes = findBytes(fields, number);
  return bytes === undefined ? "" : decodeUtf8(bytes);
}

function readHex(fields: readonly ProtobufField[], number: number): string {
  const bytes = findBytes(fields, number) ?? new Uint8Array();
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function readMillis(fields: readonly ProtobufField[]): number {
  const bytes = findBytes(fields, RECORD.time);
  if (bytes?.length !== 8) return 0;
  return Number(viewOf(bytes).getBigUint64(0, true) / 1_000_000n);
}

function readBody(fields: readonly ProtobufField[]): string {
  const bytes = findBytes(fields, RECORD.body);
  return String((bytes && readAnyValue(bytes)) ?? "");
}

function readAttributes(fields: readonly ProtobufField[]): Record<string, AttributeValue> {
  const entries: [string, AttributeValue][] = [];
  for (const field of fields) {
    if (field.number !== RECORD.attributes || field.kind !== "bytes") continue;
    const pair = readProtobufFields(field.bytes) ?? [];
    const bytes = findBytes(pair, PAIR.value);
    const value = bytes && readAnyValue(bytes);
    if (value !== undefined) entries.push([readText(pair, PAIR.key), value]);
  }
  // fromEntries defines fields, where assignment to `__proto__` would set a prototype.
  return Object.fromEntries(entries);
}

function readAnyValue(message: Uint8Array): AttributeValue | undefined {
  const field = readProtobufFields(message)?.at(-1);
  if (field === undefined) return undefined;
  if (field.kind === "varint") {
    if (field.number === ANY.bool) return field.value !== 0n;
    return field.number === ANY.int ? Number(BigInt.asIntN(64, field.value)) : undefined;
  }
  if (field.number === ANY.string) return decodeUtf8(field.bytes);
  return field.number === ANY.double && field.kind === "fixed64"
    ? viewOf(field.bytes).getFloat64(0, true)
    : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
