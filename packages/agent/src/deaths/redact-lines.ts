import { redactionMark } from "@sightline/core";
import type { TailLine } from "./tail.ts";

const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/;
const KEY_END = "-----END ";
/** A line of a key's body or of its headers, with what loggers put in front of it. */
const KEY_BODY =
  /(?:^|\s)[A-Za-z0-9+/=]{16,100}\s*$|^[A-Za-z0-9+/=]{0,100}$|^(?:Proc-Type|DEK-Info|Comment|Version|Hash): /;

/**
 * Masks secrets line by line. A private key is printed as many lines, of which only the first can be
 * recognised alone: the others are masked up to its end, in each stream for itself.
 */
export function redactLines(
  lines: readonly TailLine[],
  redact: (text: string) => string,
): TailLine[] {
  const streamsInKey = new Set<TailLine["stream"]>();
  return lines.map((line) => {
    const { stream, text } = line;
    if (KEY_BEGIN.test(text)) {
      if (!text.includes(KEY_END)) streamsInKey.add(stream);
      return { ...line, text: redact(text) };
    }
    if (!streamsInKey.has(stream)) return { ...line, text: redact(text) };
    const isEnd = text.includes(KEY_END);
    const isKey = isEnd || (text.length <= 300 && KEY_BODY.test(text));
    if (isEnd || !isKey) streamsInKey.delete(stream);
    return { ...line, text: isKey ? redactionMark("private_key") : redact(text) };
  });
}
