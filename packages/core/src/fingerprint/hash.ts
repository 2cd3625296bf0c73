/**
 * FNV-1a, 64 bits, over the UTF-8 bytes of a text; 16 lower-case hexadecimal digits.
 *
 * Chosen because it is short, needs no BigInt and no crypto, has published test vectors and exists
 * in every language that may one day have to compute the same fingerprint. It is not made to resist
 * somebody who wants a collision; a fingerprint only groups. Among n different inputs the chance
 * that any two collide is about n² / 2^65: 3 in 100 million for a million different problems.
 *
 * Source: draft-eastlake-fnv (IETF), http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function fnv1a64(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  const add = (byte: number): void => {
    low = (low ^ byte) >>> 0;
    // The prime is 2^40 + 0x1b3. low × 0x1b3 stays below 2^41, so doubles carry it exactly.
    const product = low * 0x1b3;
    const shifted = low << 8;
    low = product >>> 0;
    high = (high * 0x1b3 + (product - low) / 0x1_0000_0000 + (shifted >>> 0)) >>> 0;
  };
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      add(unit);
    } else {
      const codePoint = text.codePointAt(index) ?? unit;
      if (codePoint > 0xffff) index += 1;
      addUtf8(codePoint, add);
    }
  }
  return hex32(high) + hex32(low);
}

function addUtf8(codePoint: number, add: (byte: number) => void): void {
  // A lone surrogate has no UTF-8 form; encoders write U+FFFD instead.
  const safe = codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint;
  if (safe < 0x800) {
    add(0xc0 | (safe >> 6));
  } else {
    if (safe < 0x10000) {
      add(0xe0 | (safe >> 12));
    } else {
      add(0xf0 | (safe >> 18));
      add(0x80 | ((safe >> 12) & 0x3f));
    }
    add(0x80 | ((safe >> 6) & 0x3f));
  }
  add(0x80 | (safe & 0x3f));
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, "0");
}
