import { ATTRIBUTE } from "@sightline/core";
import { encodeRecordAttributes } from "./encode-record.ts";
import { varintBytes } from "./protobuf-write.ts";

/** Number and wire type of the fields on the way to a record, as the bytes they are written as. */
const REQUEST_RESOURCE_LOGS = 0x0a;
const RESOURCE_LOGS = { resource: 0x0a, scopeLogs: 0x12 } as const;
const SCOPE_LOGS = { scope: 0x0a, records: 0x12 } as const;

/** Where the time of a record stands: behind the byte of its field, which is always the first. */
const TIME_FIELD = 0x09;
const TIME_OFFSET = 1;
const TIME_BYTES = 8;
const OBSERVED_TIME_FIELD = 0x59;
const NANOS_PER_MILLI = 1_000_000n;

export interface LogsRequest {
  /** A `Resource` message; see `encodeResource`. */
  readonly resource: Uint8Array;
  /** An `InstrumentationScope` message; see `encodeScope`. */
  readonly scope: Uint8Array;
  /** `LogRecord` messages, in order. */
  readonly records: readonly Uint8Array[];
}

/** Records that are encoded already as an `ExportLogsServiceRequest`. */
export function encodeLogsRequest({ resource, scope, records }: LogsRequest): Uint8Array {
  let recordBytes = 0;
  for (const record of records) recordBytes += fieldBytes(record.length);
  const scopeLogsBytes = fieldBytes(scope.length) + recordBytes;
  const resourceLogsBytes = fieldBytes(resource.length) + fieldBytes(scopeLogsBytes);

  const request = Buffer.allocUnsafeSlow(fieldBytes(resourceLogsBytes));
  let at = writeHead(request, 0, REQUEST_RESOURCE_LOGS, resourceLogsBytes);
  at = writeField(request, at, RESOURCE_LOGS.resource, resource);
  at = writeHead(request, at, RESOURCE_LOGS.scopeLogs, scopeLogsBytes);
  at = writeField(request, at, SCOPE_LOGS.scope, scope);
  for (const record of records) at = writeField(request, at, SCOPE_LOGS.records, record);
  return request;
}

/** What a record takes in a request, beside the resource and scope that all share. */
export function bytesInRequest(record: Uint8Array): number {
  return fieldBytes(record.length);
}

/** Unix nanoseconds, or undefined where the bytes do not begin like a record. */
export function readRecordNanos(record: Uint8Array): bigint | undefined {
  if (record[0] !== TIME_FIELD || record.length < TIME_OFFSET + TIME_BYTES) return undefined;
  return viewOf(record).getBigUint64(TIME_OFFSET, true);
}

/**
 * A copy of a record with another time, and with its own as `event_ts`: for one that the store
 * would refuse as too old (`LOKI_LIMIT.maxAgeMillis`) or too far ahead.
 *
 * @param unixNanos must differ from record to record: equal lines of one time are stored once.
 * @returns undefined where the bytes do not begin like a record.
 */
export function restampRecord(record: Uint8Array, unixNanos: bigint): Uint8Array | undefined {
  const ownNanos = readRecordNanos(record);
  if (ownNanos === undefined) return undefined;
  const eventMillis = Number(ownNanos / NANOS_PER_MILLI);
  const attribute = encodeRecordAttributes({ [ATTRIBUTE.eventTs]: eventMillis });
  const copy = new Uint8Array(record.length + attribute.length + 1 + TIME_BYTES);
  copy.set(record);
  copy.set(attribute, record.length);
  // Of a field that comes twice, the last one counts: so the old observed time need not be found.
  copy[copy.length - TIME_BYTES - 1] = OBSERVED_TIME_FIELD;
  const view = viewOf(copy);
  view.setBigUint64(TIME_OFFSET, unixNanos, true);
  view.setBigUint64(copy.length - TIME_BYTES, unixNanos, true);
  return copy;
}

function fieldBytes(length: number): number {
  return 1 + varintBytes(length) + length;
}

function writeField(request: Buffer, start: number, tag: number, bytes: Uint8Array): number {
  const at = writeHead(request, start, tag, bytes.length);
  request.set(bytes, at);
  return at + bytes.length;
}

function writeHead(request: Buffer, start: number, tag: number, length: number): number {
  let at = start;
  request[at++] = tag;
  let rest = length;
  for (; rest >= 0x80; rest >>>= 7) request[at++] = (rest & 0x7f) | 0x80;
  request[at++] = rest;
  return at;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
