import { type CountRedaction, redactionMark } from "./category.ts";

/**
 * `password=x`, `"apiKey": "x"`, `token: x` in a line of text. The key is anchored by a lookbehind,
 * so a long run of letters is walked once; the value is bounded.
 */
const PAIR =
  /(?<![\w.-])([A-Za-z][\w.-]{1,63})(\\?["']?\s{0,3}(?:=>|[:=])\s{0,3})("(?:[^"\\]|\\.){0,4096}"?|'(?:[^'\\]|\\.){0,4096}'?|\\"[^"\\]{0,4096}|[^\s,;&"'{}[\]()<>]{1,4096})/g;

/** A literal under a secret key that tells nothing: `token: null`. Such lines explain bugs. */
const TELLS_NOTHING = /^["']?(?:null|undefined|true|false|none|nil|\[redacted:\w+\]?)?["']?$/i;

/** Masks the values of secret keys in a text. `mayHold` is the cheap test most lines fail. */
export function redactKeyValues(
  text: string,
  isSecretKey: (key: string) => boolean,
  count: CountRedaction,
): string {
  return text.replace(PAIR, (match, key: string, separator: string, value: string) => {
    if (!isSecretKey(key) || TELLS_NOTHING.test(value) || value.startsWith("[redacted"))
      return match;
    count("key");
    return key + separator + quoted(value, redactionMark("key"));
  });
}

/** Keeps the quotes, so that masked JSON stays JSON. */
function quoted(value: string, mark: string): string {
  if (value.startsWith('\\"')) return `\\"${mark}`;
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return mark;
  return value.length > 1 && value.endsWith(quote) ? quote + mark + quote : quote + mark;
}
