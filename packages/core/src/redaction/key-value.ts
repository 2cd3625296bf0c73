import { type CountRedaction, redactionMark } from "./category.ts";

/**
 * `password=`, `"apiKey": `, `token: `, `--token=` in a line of text. The lookbehind anchors the key,
 * so a long run of letters is walked once. The value is matched apart, and only under a secret key:
 * else `msg="password=x"` would be eaten as the value of `msg` and its inside never be looked at.
 */
const KEY = /(?<![\w.-])([\w.-]{2,64})((?:\\{0,3}["'])?\s{0,3}(?:[:=]{1,3}>?)\s{0,3})/g;
const VALUE =
  /"(?:[^"\\]|\\.){0,4096}"?|'(?:[^'\\]|\\.){0,4096}'?|(\\{1,3}")[^"\\]{0,4096}|[^\s,;&"'{}[\]()<>\\]{1,4096}|[[({<][^\])}>\r\n]{1,4096}[\])}>]?/y;

/** A value that is no secret and explains bugs (`token: null`), or that is masked already. */
const TELLS_NOTHING =
  /^[[({<]?\s?\\{0,3}["']?(?:(?:null|undefined|true|false|none|nil)?["']?$|\[redacted)/i;

/** Masks the values of secret keys in a text, at any depth of quoting. */
export function redactKeyValues(
  text: string,
  isSecretKey: (key: string) => boolean,
  count: CountRedaction,
): string {
  if (!mayHoldSecretKey(text, isSecretKey)) return text;
  let out = "";
  let copied = 0;
  KEY.lastIndex = 0;
  for (let key = KEY.exec(text); key !== null; key = KEY.exec(text)) {
    if (!isSecretKey(key[1] ?? "")) continue;
    VALUE.lastIndex = KEY.lastIndex;
    const value = VALUE.exec(text);
    if (value === null || TELLS_NOTHING.test(value[0])) continue;
    count("key");
    out += text.slice(copied, value.index) + quoted(value[0], value[1], redactionMark("key"));
    copied = VALUE.lastIndex;
    KEY.lastIndex = copied;
  }
  return out + text.slice(copied);
}

const MAX_KEY_LENGTH = 64;

/**
 * Whether the pattern may find a secret key: it looks back from each `:` and `=` for the word before
 * it. Most lines have such words, and hardly any a secret one, and this costs a third of the pattern.
 */
function mayHoldSecretKey(text: string, isSecretKey: (key: string) => boolean): boolean {
  for (let index = 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code !== 0x3a && code !== 0x3d) continue;
    const end = endOfKey(text, index);
    const start = startOfKey(text, end);
    // A space of Unicode before the sign, or a word that is too long: the pattern knows better.
    if (text.charCodeAt(end - 1) >= 0x80 || end - start > MAX_KEY_LENGTH) return true;
    if (end - start > 1 && isSecretKey(text.slice(start, end))) return true;
  }
  return false;
}

/** Goes back over what may stand between a key and its sign: spaces, a quote, backslashes. */
function endOfKey(text: string, sign: number): number {
  let end = sign;
  while (end > 0 && IS_BETWEEN[text.charCodeAt(end - 1)] === 1) end -= 1;
  return end;
}

function startOfKey(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start <= MAX_KEY_LENGTH && IS_KEY[text.charCodeAt(start - 1)] === 1) {
    start -= 1;
  }
  return start;
}

const IS_BETWEEN = tableOf(/[\s"'\\]/);
const IS_KEY = tableOf(/[\w.-]/);

/** 1 for each ASCII character of a class. */
function tableOf(characters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) =>
    characters.test(String.fromCharCode(code)) ? 1 : 0,
  );
}

const ANY_QUOTE = /\\{0,3}["']/;

/** Keeps the quotes, so that masked JSON stays JSON. */
function quoted(value: string, escapedQuote: string | undefined, mark: string): string {
  if (escapedQuote !== undefined) return escapedQuote + mark;
  const quote = value[0];
  // A list stays one; what else stands in brackets becomes a text, so that JSON stays JSON.
  if (quote === "[" || quote === "{") {
    const inner = ANY_QUOTE.exec(value)?.[0] ?? '"';
    const text = inner + mark + inner;
    return quote === "[" ? `[${text}]` : text;
  }
  if (quote !== '"' && quote !== "'") return mark;
  return value.length > 1 && value.endsWith(quote) ? quote + mark + quote : quote + mark;
}
