import { ATTRIBUTE, type AttributeValue, cutAtWord } from "@sightline/core";

/** Loki refuses a body over 256 KiB; a character takes three bytes at most. */
const MAX_BODY_CHARACTERS = 65_536;

/**
 * The beginning of a text that is too long for the store, without the word that the cut goes through:
 * half a secret would not be recognised. What is gone is counted in `cut_bytes`.
 *
 * It comes before anything else is done to the text, so that 10 MB cost no more than 64 kB.
 */
export function limitBody(body: string, attributes: Record<string, AttributeValue>): string {
  if (body.length <= MAX_BODY_CHARACTERS) return body;
  const kept = cutAtWord(body, MAX_BODY_CHARACTERS);
  attributes[ATTRIBUTE.cutBytes] = Buffer.byteLength(body) - Buffer.byteLength(kept);
  return kept;
}
