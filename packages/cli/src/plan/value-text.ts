import type { Json } from "./resource.ts";

/** A value as people read it: texts as they are, plain lists with commas, the rest as JSON in one line. */
export function valueText(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== "object");
  if (isPlainList && value.length > 0) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The part in which two texts differ, with a little of what stands around it. */
export function differingParts(
  before: string,
  after: string,
  maxLength: number,
): readonly [string, string] {
  if (before.length <= maxLength && after.length <= maxLength) return [before, after];
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < least - start && before[before.length - 1 - end] === after[after.length - 1 - end]) {
    end += 1;
  }
  const around = Math.floor(maxLength / 4);
  const from = Math.max(0, start - around);
  const cut = (text: string): string => {
    const to = Math.min(text.length, text.length - end + around, from + maxLength);
    return `${from > 0 ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
  };
  return [cut(before), cut(after)];
}

export function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}
