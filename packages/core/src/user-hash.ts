/** Shape of a user hash: the first 8 bytes of HMAC-SHA-256(id, secret), 16 lower-case hex digits. */
const USER_HASH = /^[0-9a-f]{16}$/;

/** Whether a text has the shape of a user hash; a raw id or e-mail address never has it. */
export function isUserHash(text: string): boolean {
  return USER_HASH.test(text);
}

/** HyperLogLog register and rank of one user. */
export interface HllRegister {
  /** Which of the 256 registers, 0 to 255. */
  readonly ui: number;
  /** Position of the first one bit, 1 to 33: 33 when all 32 bits are zero. */
  readonly ur: number;
}

/**
 * HyperLogLog register (first 8 bits) and rank (leading zeros of the next 32 bits, plus one) of a
 * user hash. 256 registers give a standard error of 1.04 / sqrt(256) = 6.5 %.
 *
 * Source: Flajolet et al., HyperLogLog, 2007.
 *
 * @throws RangeError when `userHash` is not 16 lower-case hexadecimal digits.
 */
export function hllRegister(userHash: string): HllRegister {
  if (!isUserHash(userHash)) {
    throw new RangeError(
      `user hash has ${userHash.length} characters: expected 16 lower-case hexadecimal digits; make it with userHash(id, secret)`,
    );
  }
  const ui = Number.parseInt(userHash.slice(0, 2), 16);
  const tail = Number.parseInt(userHash.slice(2, 10), 16);
  return { ui, ur: Math.clz32(tail) + 1 };
}
