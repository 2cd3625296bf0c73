import { isUserHash } from "./user-hash.ts";

/** HyperLogLog registers of a session record. Standard error: 1.04 / sqrt(256) = 6.5 %. */
export const HLL_REGISTERS = 256;

/** HyperLogLog register and rank of one user. */
export interface HllRegister {
  /** Which of the 256 registers, 0 to 255. */
  readonly ui: number;
  /** Position of the first one bit, 1 to 33: 33 when all 32 bits are zero. */
  readonly ur: number;
}

/**
 * HyperLogLog register (first 8 bits) and rank (leading zeros of the next 32 bits, plus one) of a
 * user hash. The last 24 bits have no part in it, so that they can divide users into groups whose
 * registers are independent; see {@link hllGroup}.
 *
 * Source: Flajolet et al., HyperLogLog, 2007.
 *
 * @throws RangeError when `userHash` is not 16 lower-case hexadecimal digits.
 */
export function hllRegister(userHash: string): HllRegister {
  requireHash(userHash);
  const ui = Number.parseInt(userHash.slice(0, 2), 16);
  const tail = Number.parseInt(userHash.slice(2, 10), 16);
  return { ui, ur: Math.clz32(tail) + 1 };
}

/** Groups of users by the last digit of their hash. */
export const HLL_GROUPS = 16;

/**
 * The group of a user, 0 to 15: the last hexadecimal digit of the hash. A query that keeps the
 * registers of groups apart has that many times 256 of them, and a smaller error.
 *
 * @throws RangeError when `userHash` is not 16 lower-case hexadecimal digits.
 */
export function hllGroup(userHash: string): number {
  requireHash(userHash);
  return Number.parseInt(userHash.slice(-1), 16);
}

function requireHash(userHash: string): void {
  if (isUserHash(userHash)) return;
  throw new RangeError(
    `user hash has ${userHash.length} characters: expected 16 lower-case hexadecimal digits; make it with userHash(id, secret)`,
  );
}
