/** Tab and newline may stay; everything else of C0, and C1, is for terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
/**
 * Sequences of ECMA-48: control sequences (colours, cursor), strings that end with BEL or ST
 * (titles, links) and single escapes; each also in its form of one byte. A string without an end
 * loses its start only: the text behind it may be the line.
 */
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f\n]{0,2048}(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]{0,8}[0-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const LEFT_OVER = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** What changes from one state of a progress bar to the next. */
const PROGRESS = /[\d.,:%#=<>|/\\*+\s\u2580-\u259f\u2500-\u257f\u2800-\u28ff-]+|\b[kMG]i?B\b/g;

/**
 * Text for people and the store: no terminal codes, no NUL (a store's labels cannot hold it), other
 * control characters as their pictures (`␛`), so that nothing hides. Of a progress bar, which
 * writes over itself with `\r`, the last state stays; where the parts differ by more than figures,
 * each becomes a line, because what a terminal would hide is not ours to lose.
 */
export function cleanText(text: string): string {
  if (!CONTROL.test(text)) return text;
  const bare = text.replace(ESCAPES, "");
  const shown = bare.includes("\r") ? bare.split("\n").map(withoutOverwritten).join("\n") : bare;
  return shown.replace(LEFT_OVER, picture);
}

function withoutOverwritten(line: string): string {
  const kept: string[] = [];
  let previous: string | undefined;
  for (const part of line.split("\r")) {
    if (part.trim() === "") continue;
    const shape = part.replace(PROGRESS, "");
    if (shape === previous) kept.pop();
    kept.push(part);
    previous = shape;
  }
  return kept.join("\n");
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0) return "";
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}
