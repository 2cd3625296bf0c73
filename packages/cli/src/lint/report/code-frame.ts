import type { Place } from "../../fault.ts";
import { cleanLine } from "../../report/clean-text.ts";
import type { Painter } from "../../report/style.ts";

const MAX_COLUMNS = 110;

/** The line of the file, and a caret below the place. Long lines are cut around it. */
export function renderCodeFrame(source: readonly string[], place: Place, paint: Painter): string {
  const line = source[place.line - 1];
  if (line === undefined) return "";
  const column = Math.min(place.column, line.length + 1);
  const from = column > MAX_COLUMNS - 20 ? column - 40 : 0;
  const cut = line.slice(from, from + MAX_COLUMNS);
  // Tabs and wide letters would move the caret away from its letter.
  const shown = cleanLine(cut.replaceAll("\t", " "));
  const before = cleanLine(cut.slice(0, column - 1 - from).replaceAll("\t", " "));
  const number = String(place.line);
  const margin = " ".repeat(number.length);
  const lead = from > 0 ? "…" : "";
  const tail = from + MAX_COLUMNS < line.length ? "…" : "";
  const caret = `${" ".repeat(lead.length + widthOf(before))}^`;
  return [
    `${paint("dim", `  ${number} │`)} ${lead}${shown}${tail}`,
    `${paint("dim", `  ${margin} │`)} ${paint("red", caret)}`,
  ].join("\n");
}

/** Columns of a terminal; letters of East Asia and pictures take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    const isWide =
      (code >= 0x1100 && code <= 0x115f) ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0x1f300 && code <= 0x1faff);
    width += isWide ? 2 : /\p{Mn}/u.test(letter) ? 0 : 1;
  }
  return width;
}
