import { type CountRedaction, redactionMark } from "./category.ts";

/**
 * `password=`, `"apiKey": `, `token: ` in a line of text. The lookbehind anchors the key, so a long
 * run of letters is walked once. The value is matched apart, and only under a secret key: else
 * `msg="password=x"` would be eaten as the value of `msg` and its inside never be looked at.
 */
const KEY = /(?<![\w.-])([A-Za-z][\w.-]{1,63})((?:\\{0,3}["'])?\s{0,3}(?:=>|[:=])\s{0,3})/g;
const VALUE =
  /"(?:[^"\\]|\\.){0,4096}"?|'(?:[^'\\]|\\.){0,4096}'?|(\\{1,3}")[^"\\]{0,4096}|[^\s,;&"'{}[\]()<>\\]{1,4096}/y;

/** A value that is no secret and explains bugs (`token: null`), or that is masked already. */
const TELLS_NOTHING = /^["']?(?:(?:null|undefined|true|false|none|nil)?["']?$|\[redacted)/i;

/** Masks the values of secret keys in a text, at any depth of quoting. */
export function redactKeyValues(
  text: string,
  isSecretKey: (key: string) => boolean,
  count: CountRedaction,
): string {
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

/** Keeps the quotes, so that masked JSON stays JSON. */
function quoted(value: string, escapedQuote: string | undefined, mark: string): string {
  if (escapedQuote !== undefined) return escapedQuote + mark;
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return mark;
  return value.length > 1 && value.endsWith(quote) ? quote + mark + quote : quote + mark;
}
