/** Shape of a user hash: the first 8 bytes of HMAC-SHA-256(id, secret), 16 lower-case hex digits. */
const USER_HASH = /^[0-9a-f]{16}$/;

/** Whether a text has the shape of a user hash; a raw id or e-mail address never has it. */
export function isUserHash(text: string): boolean {
  return USER_HASH.test(text);
}

/** A shorter secret could be guessed, and the hashes of known ids would tell when it is right. */
const MIN_SECRET_CHARACTERS = 16;

/** What a secret of user hashes has to be, for messages; they never repeat the secret. */
export const USER_SECRET_EXPECTED: string = `a text of at least ${MIN_SECRET_CHARACTERS} characters`;

/** Whether a text may be the secret of user hashes. */
export function isUserSecret(text: string): boolean {
  return text.trim().length >= MIN_SECRET_CHARACTERS;
}
