/**
 * Words of the rest of a line; a quoted part belongs to its word with its spaces. One pass, whatever
 * the quotes are: a quote that never closes takes the rest.
 */
export function splitTokens(text: string): string[] {
  const tokens: string[] = [];
  let start = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === SPACE) {
      if (start >= 0) tokens.push(text.slice(start, at));
      start = -1;
      continue;
    }
    if (start < 0) start = at;
    if (code === QUOTE) at = closingQuote(text, at + 1);
  }
  if (start >= 0) tokens.push(text.slice(start));
  return tokens;
}

const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/** Where the quoted part ends; the text's length if it does not. */
export function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

export function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
