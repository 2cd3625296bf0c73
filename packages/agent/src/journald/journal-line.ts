import { decodeLine } from "../files/decode-line.ts";
import type { Line, Position, Time } from "../sources/line.ts";
import type { JournalFields } from "./export-parser.ts";

/** The fields that are asked for, beside the cursor and the times, which always come. */
export const JOURNAL_FIELDS = ["MESSAGE", "PRIORITY"] as const;

const CURSOR = /^[\w=;-]{1,300}$/;

/** Where reading of a unit goes on: what a line's `position` holds. */
export interface JournalPosition {
  /** Of the last entry; see systemd's `sd_journal_get_cursor(3)`. */
  readonly cursor: string;
  readonly time: Time;
}

/** Undefined for an entry without a message or without what every entry has. */
export function parseEntry(fields: JournalFields, before: Time | undefined): Line | undefined {
  const cursor = fields.get("__CURSOR")?.bytes.toString("latin1") ?? "";
  const micros = fields.get("__REALTIME_TIMESTAMP")?.bytes.toString("latin1") ?? "";
  const message = fields.get("MESSAGE");
  if (!message || !CURSOR.test(cursor) || !/^\d{1,17}$/.test(micros)) return undefined;
  const { text, cutBytes } = decodeLine({ ...message, startOffset: 0, endOffset: 0 });
  const time = timeOf(Number(micros), before);
  const priority = fields.get("PRIORITY")?.bytes.toString("latin1") ?? "";
  const position: JournalPosition = { cursor, time };
  return {
    text: text.endsWith("\n") ? text.slice(0, -1) : text,
    time,
    stream: "stdout",
    position: position as unknown as Position,
    cutBytes,
    ...(/^[0-7]$/.test(priority) ? { priority: Number(priority) } : {}),
  };
}

/** Undefined for whatever this version did not write. */
export function parsePosition(position: Position | undefined): JournalPosition | undefined {
  if (typeof position !== "object" || position === null) return undefined;
  const { cursor, time } = position as Readonly<Record<string, unknown>>;
  if (typeof cursor !== "string" || !CURSOR.test(cursor)) return undefined;
  if (!Array.isArray(time) || !time.every((part) => Number.isSafeInteger(part))) return undefined;
  return time.length === 2 ? (position as unknown as JournalPosition) : undefined;
}

/**
 * Entries of one microsecond get nanoseconds in their order: Loki keeps only one of two equal lines
 * with equal times.
 */
function timeOf(micros: number, before: Time | undefined): Time {
  const seconds = Math.floor(micros / 1_000_000);
  const nanos = (micros % 1_000_000) * 1_000;
  const isSameMicro =
    before !== undefined && before[0] === seconds && before[1] - (before[1] % 1_000) === nanos;
  if (!isSameMicro) return [seconds, nanos];
  return [seconds, Math.min(before[1] + 1, nanos + 999)];
}
