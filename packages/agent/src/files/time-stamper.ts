import { LOKI_LIMIT } from "@sightline/core";
import type { Time } from "../sources/line.ts";
import { type LineTime, parseLineTime } from "./line-time.ts";

const NANOS = 1_000_000_000;

/** A line without a time takes that of the line before it if both came within this time and span. */
const INHERIT_MILLIS = 5_000;
const INHERIT_BYTES = 65_536;

/** A time this little before that of the line before it, or less than its own unit, follows it. */
const KEPT_IN_ORDER_NANOS = 1_000_000;

/** When and where a line was read. */
export interface ReadCircumstances {
  readonly startOffset: number;
  readonly readMillis: number;
  /** Last change of the file: an old file may hold old lines. */
  readonly modifiedMillis: number;
}

export interface TimeStamper {
  stamp(text: string, read: ReadCircumstances): Time;
}

/**
 * Gives every line a time of its own: Loki keeps only one of two equal lines with equal times. Lines
 * say milliseconds or seconds; the rest is filled with the offset of the line in its file, which
 * keeps the order and gives the same bytes the same time whenever they are read. Where that fell
 * behind `last`, the time of the line before, the time goes on by a nanosecond from there.
 */
export function createTimeStamper(last: Time | undefined): TimeStamper {
  let before = last;
  let inherited: { time: LineTime; offset: number; readMillis: number } | undefined;

  function baseOf(text: string, read: ReadCircumstances): LineTime {
    const own = parseLineTime(text, read.readMillis);
    if (own && isCredible(own, read)) {
      inherited = { time: own, offset: read.startOffset, readMillis: read.readMillis };
      return own;
    }
    if (
      !own &&
      inherited &&
      read.readMillis - inherited.readMillis <= INHERIT_MILLIS &&
      read.startOffset - inherited.offset <= INHERIT_BYTES
    ) {
      return inherited.time;
    }
    return ofMillis(read.readMillis);
  }

  return {
    stamp(text, read) {
      before = unique(baseOf(text, read), read.startOffset, before);
      return before;
    },
  };
}

function unique(base: LineTime, offset: number, before: Time | undefined): Time {
  const unit = 10 ** (9 - base.digits);
  const time: Time = [base.seconds, base.nanos + (offset % unit)];
  if (!before) return time;
  const behindNanos = (before[0] - time[0]) * NANOS + (before[1] - time[1]);
  if (behindNanos < 0 || behindNanos >= Math.max(unit, KEPT_IN_ORDER_NANOS)) return time;
  return before[1] + 1 < NANOS ? [before[0], before[1] + 1] : [before[0] + 1, 0];
}

function isCredible(time: LineTime, read: ReadCircumstances): boolean {
  const millis = time.seconds * 1000;
  if (millis > read.readMillis + LOKI_LIMIT.maxFutureMillis) return false;
  const oldest = Math.min(read.readMillis, read.modifiedMillis) - LOKI_LIMIT.maxAgeMillis;
  return millis >= oldest;
}

function ofMillis(millis: number): LineTime {
  const whole = Math.floor(millis);
  return { seconds: Math.floor(whole / 1000), nanos: (whole % 1000) * 1_000_000, digits: 3 };
}
