import { readGoString } from "../engines/go-string.ts";

export type Token =
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "number"; readonly text: string }
  /** `first-field` is of the dot: `.Labels` after a space; `field` is of what stands before it. */
  | { readonly kind: "first-field" | "field" | "variable" | "word"; readonly text: string }
  | { readonly kind: "sign"; readonly text: string };

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly tokens: readonly Token[] };

/** Texts and actions in their order, white space trimmed as `{{-` and `-}}` say. */
export function splitActions(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  let trimNext = false;
  for (;;) {
    const open = text.indexOf("{{", at);
    let plain = text.slice(at, open === -1 ? undefined : open);
    if (trimNext) plain = plain.trimStart();
    if (open === -1) {
      parts.push({ kind: "text", text: plain });
      return parts;
    }
    const trimsBefore = /^\{\{-\s/.test(text.slice(open, open + 4));
    parts.push({ kind: "text", text: trimsBefore ? plain.trimEnd() : plain });
    const start = open + (trimsBefore ? 3 : 2);
    const { tokens, end, trimsAfter } = readAction(text, start);
    parts.push({ kind: "action", tokens });
    at = end;
    trimNext = trimsAfter;
  }
}

function readAction(
  text: string,
  start: number,
): { tokens: Token[]; end: number; trimsAfter: boolean } {
  const tokens: Token[] = [];
  const comment = /^\s*\/\*[\s\S]*?\*\/\s*/.exec(text.slice(start));
  let at = start + (comment?.[0].length ?? 0);
  let isApart = true;
  for (;;) {
    const close = /^\s*(\s-)?\}\}/.exec(text.slice(at, at + 500));
    if (close) return { tokens, end: at + close[0].length, trimsAfter: close[1] !== undefined };
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest)?.[0].length ?? 0;
    if (space > 0) {
      at += space;
      isApart = true;
      continue;
    }
    const token = readToken(text, at, isApart);
    tokens.push(token.token);
    at = token.end;
    isApart = isSign(token.token, "(") || isSign(token.token, "|");
  }
}

const TOKEN =
  /(?:(\$\w*)|\.([A-Za-z_]\w*)|([A-Za-z_]\w*)|([+-]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+))|(:=|[|(),=.]))/y;

function readToken(text: string, at: number, isApart: boolean): { token: Token; end: number } {
  if (text[at] === '"' || text[at] === "`") {
    const { value, end } = readGoString(text, at);
    return { token: { kind: "string", text: value }, end };
  }
  TOKEN.lastIndex = at;
  const match = TOKEN.exec(text);
  if (!match) throw new Error(`template: "${text.slice(at, at + 12)}" is not understood`);
  const end = TOKEN.lastIndex;
  const [, variable, field, word, number, sign] = match;
  if (variable !== undefined) return { token: { kind: "variable", text: variable }, end };
  if (field !== undefined) {
    return { token: { kind: isApart ? "first-field" : "field", text: field }, end };
  }
  if (word !== undefined) return { token: { kind: "word", text: word }, end };
  if (number !== undefined) return { token: { kind: "number", text: number }, end };
  return { token: { kind: "sign", text: sign ?? "" }, end };
}

export function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === "sign" && token.text === text;
}
