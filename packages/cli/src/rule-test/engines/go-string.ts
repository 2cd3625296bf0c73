const SIMPLE: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/**
 * Reads a string in Go's double quotes (strconv.Quote) or back quotes, which begins at `start`.
 * https://go.dev/ref/spec#String_literals
 */
export function readGoString(text: string, start: number): { value: string; end: number } {
  if (text[start] === "`") {
    const close = text.indexOf("`", start + 1);
    if (close === -1) throw new Error(`no end of the string at ${start}`);
    return { value: text.slice(start + 1, close), end: close + 1 };
  }
  if (text[start] !== '"') {
    throw new Error(
      `expected a quote at ${start} of ${JSON.stringify(text.slice(start, start + 40))}`,
    );
  }
  let value = "";
  let at = start + 1;
  for (;;) {
    const character = text[at];
    if (character === undefined) throw new Error(`no end of the string at ${start}`);
    if (character === '"') return { value, end: at + 1 };
    if (character !== "\\") {
      value += character;
      at += 1;
      continue;
    }
    const [decoded, length] = readEscape(text, at);
    value += decoded;
    at += length;
  }
}

function readEscape(text: string, at: number): [string, number] {
  // Several \x are the bytes of one character: strconv.Quote writes them for what is no UTF-8.
  const bytes = /^(?:\\x[0-9a-fA-F]{2})+/.exec(text.slice(at, at + 64))?.[0];
  if (bytes !== undefined) {
    return [Buffer.from(bytes.replaceAll("\\x", ""), "hex").toString("utf8"), bytes.length];
  }
  const code = /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(text.slice(at, at + 10));
  if (code) {
    return [String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? "0", 16)), code[0].length];
  }
  const next = text[at + 1] ?? "";
  const decoded = next === "\\" || next === '"' ? next : SIMPLE[next];
  // Go refuses it, and with it the whole template.
  if (decoded === undefined) throw new Error(`unknown escape "\\${next}" in a string`);
  return [decoded, 2];
}
