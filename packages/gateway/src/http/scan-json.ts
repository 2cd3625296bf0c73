/** What a text of JSON asks of a parser, found without building anything of it. */
export type JsonShape = "fine" | "too_deep" | "too_many_values" | "bad_json";

export interface JsonLimits {
  readonly maxDepth: number;
  /** Values of all objects and lists together; each takes memory of its own once it is parsed. */
  readonly maxValues: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Counts nesting and values. It knows strings and brackets and nothing else of JSON: what passes is
 * still to be parsed.
 */
export function scanJson(bytes: Buffer, { maxDepth, maxValues }: JsonLimits): JsonShape {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at + 1);
        if (at === -1) return "bad_json";
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        values += 1;
        if (depth > maxDepth) return "too_deep";
        if (values > maxValues) return "too_many_values";
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        if (depth < 0) return "bad_json";
        break;
      case COMMA:
        values += 1;
        if (values > maxValues) return "too_many_values";
        break;
    }
  }
  return depth === 0 ? "fine" : "bad_json";
}

/** @returns where the closing quote is; -1 if there is none. */
function endOfString(bytes: Buffer, from: number): number {
  let end = bytes.indexOf(QUOTE, from);
  while (end !== -1) {
    let slashes = 0;
    while (bytes[end - 1 - slashes] === BACKSLASH && end - 1 - slashes >= from) slashes += 1;
    if (slashes % 2 === 0) return end;
    end = bytes.indexOf(QUOTE, end + 1);
  }
  return -1;
}
