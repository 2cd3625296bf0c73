import type { Masking } from "./masking.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** `undefined` for what is no object with names: `null`, arrays, scalars. */
export function toFields(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}

/** `Object.prototype` has names too, and a payload's `__proto__` is only a name. */
export function fieldOf(fields: Fields | undefined, name: string): unknown {
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

export function listOf(fields: Fields | undefined, name: string): readonly unknown[] | undefined {
  const value = fieldOf(fields, name);
  return Array.isArray(value) ? value : undefined;
}

/** A text that is not empty, masked. */
export function readText(
  value: unknown,
  maxCharacters: number,
  masking: Masking,
): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const text = masking.text(value, maxCharacters);
  return text === "" ? undefined : text;
}

/** The same on one line, without blanks around it. */
export function readLine(
  value: unknown,
  maxCharacters: number,
  masking: Masking,
): string | undefined {
  const text = readText(value, maxCharacters, masking)?.replace(/\s+/g, " ").trim();
  return text === "" ? undefined : text;
}

/** What stands alone and says nothing of a person: letters, digits and some signs. */
const TOKEN = /^[\w.:-]{1,128}$/;

export function readToken(value: unknown): string | undefined {
  return typeof value === "string" && TOKEN.test(value) ? value : undefined;
}

/** Of a number, or of a text that is one: Faro's contexts hold texts alone. */
export function readNumber(value: unknown): number | undefined {
  const isText = typeof value === "string" && value.trim() !== "" && value.length <= 32;
  const number = isText ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** A whole number from 1, at most `max`. */
export function readCount(value: unknown, max: number): number | undefined {
  const number = readNumber(value);
  if (number === undefined || number < 1) return undefined;
  return Math.min(Math.floor(number), max);
}

const MAX_TIME_CHARACTERS = 40;
/** 9999-12-31; beyond, no store has a time. */
const MAX_TIME_MILLIS = 253_402_300_799_999;

/** Unix milliseconds of what Faro writes (`2026-11-23T10:00:00.000Z`) or of a number; else undefined. */
export function readTime(value: unknown): number | undefined {
  const millis =
    typeof value === "string" && value.length <= MAX_TIME_CHARACTERS ? Date.parse(value) : value;
  if (typeof millis !== "number" || !(millis >= 0 && millis <= MAX_TIME_MILLIS)) return undefined;
  return Math.floor(millis);
}
