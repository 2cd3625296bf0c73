/**
 * What one look at every character tells of a text. Most lines have hardly any of these, so most
 * patterns need not be tried on them.
 */
export const TRAIT = {
  at: 1,
  /** A colon or an equals sign. */
  pair: 2,
  /** A digit, or a word so long that it may be a token without one. */
  token: 4,
  /** As many digits as the shortest card number has, wherever they stand. */
  cardDigits: 8,
  /** A run without spaces as long as the shortest token. */
  longWord: 16,
  /** The dashes around a key in PEM. */
  pemDashes: 32,
  /** A character for terminals and not for people. */
  control: 64,
} as const;

const CARD_DIGITS = 13;
const LONG_WORD = 14;
const PEM_DASHES = 10;

/** The traits of a text as a sum of {@link TRAIT}. */
export function traitsOf(text: string): number {
  let traits = 0;
  let digits = 0;
  let dashes = 0;
  let word = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    word += 1;
    if (code >= 0x61 && code <= 0x7a) {
      // Small letters, which most of a text is, tell nothing.
    } else if (code <= 0x20) {
      if (word > LONG_WORD) traits |= TRAIT.longWord;
      word = 0;
      if (code < 0x20 && code !== 0x09 && code !== 0x0a) traits |= TRAIT.control;
    } else if (code >= 0x30 && code <= 0x39) digits += 1;
    else if (code === 0x3a || code === 0x3d) traits |= TRAIT.pair;
    else if (code === 0x40) traits |= TRAIT.at;
    else if (code === 0x2d) dashes += 1;
    else if (code >= 0x7f && code <= 0x9f) traits |= TRAIT.control;
  }
  if (word >= LONG_WORD) traits |= TRAIT.longWord;
  if (dashes >= PEM_DASHES) traits |= TRAIT.pemDashes;
  if (digits > 0 || (traits & TRAIT.longWord) !== 0) traits |= TRAIT.token;
  return digits >= CARD_DIGITS ? traits | TRAIT.cardDigits : traits;
}
