import { type Fingerprint, fingerprint, parseStack } from "@sightline/core";
import type { CapturedError } from "./log-line.ts";

/** Errors that are remembered, and characters of one that may be. */
const MAX_KNOWN = 64;
const MAX_KEY_CHARACTERS = 8_192;

const known = new Map<string, Fingerprint>();

/**
 * Fingerprints of an error. Reading a stack costs some ten microseconds; where the same error comes
 * again and again, which is when it matters, it is read once.
 *
 * @param error type and message without secrets, since the template repeats their words.
 */
export function fingerprintError({ type, message, stack }: CapturedError): Fingerprint {
  const key = `${type}\n${message}\n${stack}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const print = fingerprint({ type, message, frames: parseStack(stack).frames });
  if (key.length > MAX_KEY_CHARACTERS) return print;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, print);
  return print;
}
