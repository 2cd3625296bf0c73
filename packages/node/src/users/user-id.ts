/** What `identify` and `withUser` take for a user. Numbers count as their text: 42 is "42". */
export type UserId = string | number | bigint | null | undefined;

/** Longer than any id that names a person; a token or a whole document is none. */
export const MAX_ID_CHARACTERS = 1_024;

export type ParsedId =
  | { readonly status: "user"; readonly id: string }
  /** Nobody is signed in. */
  | { readonly status: "nobody" }
  /** In words that say nothing of the value. */
  | { readonly status: "refused"; readonly got: string };

/** From a value of any type, as callers without types give it. Never throws. */
export function parseUserId(value: unknown): ParsedId {
  if (value === undefined || value === null) return { status: "nobody" };
  if (typeof value === "bigint") return parseBigInt(value);
  if (typeof value === "number") {
    return Number.isFinite(value) ? parseText(String(value)) : refused(`the number ${value}`);
  }
  if (typeof value === "string") return parseText(value);
  return refused(typeof value === "object" ? "an object" : `a ${typeof value}`);
}

/** The largest that a 128-bit id can be, either sign: to write out a much longer one takes seconds. */
const MAX_BIGINT = 2n ** 128n;

function parseBigInt(value: bigint): ParsedId {
  const isLong = value > MAX_BIGINT || value < -MAX_BIGINT;
  return isLong ? refused("a bigint of more than 128 bits") : parseText(String(value));
}

function parseText(text: string): ParsedId {
  if (text.length > MAX_ID_CHARACTERS) return refused(`a text of ${text.length} characters`);
  return text.trim() === "" ? { status: "nobody" } : { status: "user", id: text };
}

function refused(got: string): ParsedId {
  return { status: "refused", got };
}

/** What a session id may look like: one that a browser makes, never a sentence. */
const SESSION_ID = /^[\w.:-]{1,128}$/;

export function isSessionId(value: unknown): value is string {
  return typeof value === "string" && SESSION_ID.test(value);
}
