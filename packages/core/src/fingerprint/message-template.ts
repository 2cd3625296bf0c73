/** Longer messages are cut: the head says what happened, and time stays bounded. */
const MAX_INPUT = 8192;
const MAX_WORDS = 24;
const MAX_WORD_LENGTH = 48;

/**
 * Words with a digit that are words. Without this list `utf-8` and `x86_64` would be taken for ids;
 * Sentry's own tests record `utf-8` as a known fault of theirs.
 */
const TECHNICAL_WORDS: ReadonlySet<string> = new Set(
  (
    "utf-8 utf8 utf-16 utf16 utf-32 ucs-2 latin1 iso-8859-1 base64 base64url base32 base58 x86 " +
    "x86_64 x64 amd64 arm64 armv7 aarch64 i386 i686 win32 win64 linux64 es5 es6 es2015 es2020 " +
    "es2022 http2 http3 http/1.1 http/2 h2 h2c ipv4 ipv6 tls1.2 tls1.3 sha1 sha256 sha-256 sha512 " +
    "sha-512 md5 hs256 rs256 es256 aes-128 aes-256 oauth2 s3 ec2 k8s log4j mp3 mp4 h264 h265 " +
    "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 bigint64 utf8mb4 vp8 vp9 " +
    "web3 p2p b2b i18n l10n a11y oauth1 neo4j v8 d3 bcrypt2 argon2 x509 pkcs8 pkcs12 smtp4 " +
    "postgres16 mysql8 node-gyp3 e2e ssh2 tcp4 tcp6 udp4 udp6 eth0 lo0 0x"
  ).split(" "),
);

/**
 * Words after which a name stands, even one without a digit: `Invalid user webmaster`. The name is
 * not part of the problem, and a template must never hold text of a user.
 */
const NAME_FOLLOWS: ReadonlySet<string> = new Set([
  "user",
  "username",
  "login",
  "logname",
  "account",
  "customer",
  "tenant",
  "owner",
  "host",
  "hostname",
  "from",
  "file",
  "table",
  "column",
  "topic",
  "queue",
  "bucket",
]);

/** Words that may stand between such a word and the name, or that show that no name follows. */
const NOT_A_NAME: ReadonlySet<string> = new Set(
  (
    "a an the is was are were not no does did has had have with without for from by to in on of at as " +
    "and or but already cannot can could must should will would may might been be unknown invalid " +
    "missing exists exist found failed failure error denied expired locked disabled deleted created " +
    "name id key type request response session agent input output data token server client upload"
  ).split(" "),
);

// Quotes count where a word does not touch them outside, so "don't" and "users'" stay words.
const QUOTED =
  /(?<![\p{L}\p{N}])(?:"[^"\n]{0,512}"|'[^'\n]{0,512}'(?![\p{L}\p{N}])|`[^`\n]{0,512}`|“[^”\n]{0,512}”|«[^»\n]{0,512}»|„[^“”\n]{0,512}[“”])/gu;
const BRACKETED = /\([^()\n]{0,512}\)|\[[^[\]\n]{0,512}\]|\{[^{}\n]{0,512}\}|<[^<>\s]{0,512}>/g;
/** V8 names the property in brackets and quotes, and there the name is the bug. */
const PROPERTY = /\((reading|setting) '([^']{1,80})'\)/;
const UNDEFINED_NAME = /^([\p{L}_$][\p{L}\p{N}_$]{0,80}) is not (?:defined|a function|iterable)\b/u;

/** Day and month names of a date; its digits go anyway. */
const DATE =
  /(?<!\p{L})(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?\s{1,2})?(?:\d{1,2}[\s/-])?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}[\s/-]{1,2}\d{1,4}(?!\p{L})/gu;
/** Units and time zones; after a number they vary with it (`900 ms`, `1.2 seconds`, `3 kB`, `5 MB`). */
const FOLLOWS_NUMBER: ReadonlySet<string> = new Set(
  (
    "ns us µs ms s sec secs second seconds m min mins minute minutes h hour hours d day days b byte bytes " +
    "kb mb gb tb kib mib gib am pm gmt utc cet cest est edt pst pdt"
  ).split(" "),
);
/** After one of these, `for` is followed by a name: `Failed password for root`. */
const ABOUT_A_PERSON: ReadonlySet<string> = new Set([
  "password",
  "authentication",
  "login",
  "logon",
  "session",
  "credentials",
  "permission",
  "permissions",
]);

const KEY_BEFORE_VALUE = /^([\p{L}\p{N}_.-]{1,80})=/u;
const HAS_DIGIT = /\p{N}/u;
const EDGE_PUNCTUATION = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const NOT_LETTERS = /[^\p{L}\p{M}\p{N}]+/u;
const HEX = /^[0-9a-f]{8,}$/i;

/**
 * The words of a message that its author wrote: "only word-like tokens", after the rule that Datadog
 * documents for error grouping. Numbers, ids, quoted and bracketed text, URLs, e-mail addresses,
 * paths, `key=value` values and names after words such as `user` go. At most 24 words, lower case,
 * one space between; empty when nothing is left.
 *
 * Source of the rule: https://docs.datadoghq.com/error_tracking/error_grouping/
 */
export function maskMessage(message: string): string {
  const lines = firstLines(message.slice(0, MAX_INPUT));
  const text = lines.replace(QUOTED, SLOT).replace(DATE, " 0 ");
  // Brackets twice: the second pass takes what held the first one's.
  const words = wordsOf(text.replace(BRACKETED, SLOT).replace(BRACKETED, SLOT));
  // A message that is one bracket would otherwise be empty, and all of them one group.
  const kept = words.length > 0 ? words : wordsOf(text);
  return [...namesThatAreTheBug(lines), ...kept].join(" ");
}

const SLOT = " \u0000 ";
const IS_SLOT = new RegExp(`[${SLOT.trim()}\\p{N}]`, "u");

function wordsOf(text: string): string[] {
  const words: string[] = [];
  let expectsName = false;
  let isAfterNumber = false;
  let isAboutAPerson = false;
  for (const chunk of text.split(/\s+/)) {
    if (words.length >= MAX_WORDS) break;
    if (chunk === "") continue;
    const found = chunkWords(chunk);
    const [first = ""] = found;
    const isName: boolean = expectsName && first !== "" && !NOT_A_NAME.has(first);
    const isUnit: boolean = isAfterNumber && found.length === 1 && FOLLOWS_NUMBER.has(first);
    isAfterNumber = !isUnit && found.length === 0 && HAS_DIGIT.test(chunk);
    // The next thing is the name, whether it is a word or already a slot.
    if (found.length > 0 || IS_SLOT.test(chunk)) expectsName = false;
    if (isName || isUnit) continue;
    // A list of ids, `blk_1 blk_2 blk_3`, is one word however long it is.
    for (const word of found) if (word !== words.at(-1)) words.push(word);
    const last = found.at(-1) ?? "";
    if (ABOUT_A_PERSON.has(last)) isAboutAPerson = true;
    if (last !== "") expectsName = NAME_FOLLOWS.has(last) || (isAboutAPerson && last === "for");
  }
  return words.slice(0, MAX_WORDS);
}

/** First two lines that are not empty; the rest is detail, often a stack. */
function firstLines(text: string): string {
  const lines: string[] = [];
  for (const line of text.split("\n", 64)) {
    if (line.trim() !== "") lines.push(line);
    if (lines.length === 2) break;
  }
  return lines.join("\n");
}

/** Words of one run of characters without spaces. */
function chunkWords(chunk: string): string[] {
  const core = chunk.replace(EDGE_PUNCTUATION, "");
  if (core === "") return [];
  if (TECHNICAL_WORDS.has(core.toLowerCase())) return [core.toLowerCase()];
  const key = KEY_BEFORE_VALUE.exec(core)?.[1];
  if (key !== undefined) return lettersOf(key);
  if (isAddress(chunk, core)) return [];
  return lettersOf(core);
}

/** URLs, e-mail addresses, paths, host names: whatever points at one thing of many. */
function isAddress(chunk: string, core: string): boolean {
  if (core.includes("://") || core.includes("@")) return true;
  const separators = core.split(/[/\\]/).length - 1;
  if (separators >= 2 || (separators === 1 && /^[("'[]?(?:[A-Za-z]:)?[/\\~.]/.test(chunk)))
    return true;
  return core.split(".").length >= 3 && /^[\p{L}\p{N}_.:-]+$/u.test(core);
}

function lettersOf(core: string): string[] {
  const isMixed = HAS_DIGIT.test(core);
  if (isMixed && isRandomId(core)) return [];
  const words: string[] = [];
  for (const piece of core.replace(/(?<=\p{L})['’](?=\p{L})/gu, "").split(NOT_LETTERS)) {
    if (piece === "" || piece.length > MAX_WORD_LENGTH || HAS_DIGIT.test(piece)) continue;
    if (HEX.test(piece) || (isMixed && /^[0-9a-f]{1,7}$/i.test(piece))) continue;
    words.push(piece.toLowerCase());
  }
  return words;
}

/** UUID, ULID, nanoid, base62, base64: long, and of more than one class of characters. */
function isRandomId(core: string): boolean {
  if (/^[0-9a-f]{1,12}(?:-[0-9a-f]{1,12}){1,8}$/i.test(core)) return true;
  return core.length >= 10 && /[a-z]/.test(core) && /[A-Z]/.test(core) && !/[.:(]/.test(core);
}

/** `x is not defined`, `Cannot read properties of undefined (reading 'x')`: x is the problem itself. */
function namesThatAreTheBug(text: string): string[] {
  const property = PROPERTY.exec(text)?.[2];
  if (property !== undefined && !/^\d+$/.test(property)) return [property];
  const name = UNDEFINED_NAME.exec(text)?.[1];
  return name !== undefined && HAS_DIGIT.test(name) ? [name] : [];
}
