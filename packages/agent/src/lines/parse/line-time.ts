import type { AttributeValue } from "@sightline/core";
import { type Time, toMillis } from "../../sources/line.ts";

/** Closer than this, the time in a line says nothing that the source's does not. */
const NEAR_MILLIS = 2_000;

/** Whether a time in a line, in any usual form, is the time at which the source got the line. */
export function isNearTime(value: AttributeValue, time: Time): boolean {
  const millis = typeof value === "number" ? fromNumber(value) : fromText(String(value));
  return millis !== undefined && Math.abs(millis - toMillis(time)) <= NEAR_MILLIS;
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970: by their size they never meet. */
function fromNumber(value: number): number | undefined {
  if (!(value > 1e8)) return undefined;
  if (value < 1e11) return value * 1e3;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1e3 : value / 1e6;
}

const MAX_LENGTH = 40;
const NUMBER = /^\d{9,20}(?:\.\d{1,9})?$/;

function fromText(text: string): number | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const millis = NUMBER.test(text) ? fromNumber(Number(text)) : Date.parse(withoutComma(text));
  return Number.isFinite(millis) ? millis : undefined;
}

/** Python writes the fraction after a comma. A time without a zone is the container's, mostly UTC. */
function withoutComma(text: string): string {
  const iso = text.replace(",", ".");
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?$/.test(iso) ? `${iso}Z` : iso;
}
