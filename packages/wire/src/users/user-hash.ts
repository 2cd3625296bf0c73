import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

/** A secret that no print and no JSON repeats. */
export type UserKey = KeyObject;

/** The secret of user hashes, ready for use. */
export function createUserKey(secret: string): UserKey {
  return createSecretKey(Buffer.from(secret, "utf8"));
}

/**
 * The name of a user in all data: the first 8 bytes of HMAC-SHA-256 over the id as UTF-8, 16
 * hexadecimal digits. Whoever has not the secret cannot try ids. The same id and secret give the same
 * hash in every process, so that server and browser count one user; another secret gives another
 * hash, and with it another user.
 */
export function userHash(id: string, secret: string | UserKey): string {
  // Not cut from the whole digest's text: V8 would keep that whole behind each hash.
  return createHmac("sha256", secret).update(id, "utf8").digest().toString("hex", 0, 8);
}
