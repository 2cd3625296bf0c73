import { createRecordEncoder, type RecordTime } from "@sightline/wire";
import type { Draft } from "../records/draft.ts";

const TWO_32 = 2 ** 32;
const NANOS_PER_MILLI = 1_000_000;

/** Drafts as `LogRecord` messages. */
export function createDraftEncoder(): (draft: Draft) => Uint8Array {
  const encoder = createRecordEncoder();
  return ({ record, nanos }) =>
    Uint8Array.from(encoder.encode(record, toRecordTime(record.timeUnixMillis, nanos)));
}

/** No double holds the nanoseconds of our days, so they are made in two halves. */
export function toRecordTime(millis: number, nanos: number): RecordTime {
  const low = (millis % TWO_32) * NANOS_PER_MILLI + nanos;
  const high = Math.floor(millis / TWO_32) * NANOS_PER_MILLI + Math.floor(low / TWO_32);
  return { low: low % TWO_32, high };
}
