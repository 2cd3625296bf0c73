import { scrypt } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify<string, string, number, object, Buffer>(scrypt);

/**
 * 24 bits: a rotated secret goes unseen once in 16 million times, and of a secret that can be guessed
 * (a short password) a reader of the manifest learns so little that thousands of guesses fit.
 */
const BYTES = 3;
/** About 20 ms each, so that lists of leaked passwords are slow to try. */
const COST = { N: 8192, r: 8, p: 1 };

/** Tells whether a secret is another one than was sent, without being able to say which it is. */
export async function fingerprintSecret(
  value: string,
  salt: string,
  name: string,
): Promise<string> {
  return (await derive(value, `${salt}:${name}`, BYTES, COST)).toString("hex");
}
