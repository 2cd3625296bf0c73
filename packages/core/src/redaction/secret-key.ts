import { createKeyCache } from "./key-cache.ts";

/** Words that make a key a secret wherever they stand in it: `db_password`, `x-auth-token`. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  "password",
  "passwords",
  "passwd",
  "passphrase",
  "passcode",
  "pwd",
  "secret",
  "secrets",
  "token",
  "authorization",
  "cookie",
  "cookies",
  "credential",
  "credentials",
  "apikey",
  "jwt",
  "bearer",
  "otp",
  "totp",
  "cvv",
  "cvc",
  "ssn",
  "csrf",
  "xsrf",
  "iban",
]);

/** Two words in a row. Alone each of them is harmless: `key`, `private`, `connection`. */
const SECRET_PAIRS: ReadonlySet<string> = new Set([
  "api key",
  "auth key",
  "basic auth",
  "access key",
  "account key",
  "private key",
  "signing key",
  "encryption key",
  "master key",
  "ssh key",
  "connection string",
  "card number",
  "credit card",
  "session key",
]);

/** The same written without separators: `authtoken`, `dbpassword`, `MYAPIKEY`. */
const SECRET_ENDINGS = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "token",
  "apikey",
  "accesskey",
  "privatekey",
  "secretkey",
  "credentials",
  "connectionstring",
] as const;

/** A last word that says the value is about the secret: `token_type`, `password_length`. */
const ABOUT_WORDS: ReadonlySet<string> = new Set([
  "count",
  "length",
  "size",
  "type",
  "limit",
  "expires",
  "expiry",
  "expiration",
  "ttl",
  "policy",
  "name",
  "enabled",
  "required",
  "valid",
  "method",
]);

const MAX_KEY_LENGTH = 256;

/**
 * Words of a key in lower case: `X-Api-Key`, `apiKey`, `API_KEY` all give `api key`. Words, not
 * substrings, decide, so `author`, `tokenizer` and `prompt_tokens` stay readable.
 */
export function keyWords(key: string): string[] {
  return key
    .slice(0, MAX_KEY_LENGTH)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** A test for keys: the built-in list, plus `denyKeys`, minus `allowKeys` (which win). */
export function createSecretKeyTest(
  denyKeys: readonly string[],
  allowKeys: readonly string[],
): (key: string) => boolean {
  const denied = new Set(denyKeys.map(joined));
  const allowed = new Set(allowKeys.map(joined));
  const known = createKeyCache<boolean>();

  function isSecret(key: string): boolean {
    const words = keyWords(key);
    const whole = words.join("");
    if (allowed.has(whole)) return false;
    return denied.has(whole) || isSecretName(words, whole);
  }

  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = isSecret(key);
    known.set(key, answer);
    return answer;
  };
}

function joined(key: string): string {
  return keyWords(key).join("");
}

function isSecretName(words: readonly string[], whole: string): boolean {
  const last = words.at(-1);
  if (last === undefined || (words.length > 1 && ABOUT_WORDS.has(last))) return false;
  if (last === "pass") return true;
  if (words.some((word) => SECRET_WORDS.has(word))) return true;
  if (words.some((word, index) => SECRET_PAIRS.has(`${word} ${words[index + 1]}`))) return true;
  return SECRET_ENDINGS.some((ending) => whole.endsWith(ending));
}
