import { stripVTControlCharacters } from "node:util";

/** Marks that turn the direction of text around: a line could show other words than it holds. */
const DIRECTION_MARKS = /[\u202A-\u202E\u2066-\u2069]/g;

/**
 * Foreign text, safe to print: its control characters must not move the reader's cursor, colour the
 * screen or ring the bell. Line breaks and tabs stay.
 */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[^\P{Cc}\n\t]/gu, "")
    .replaceAll(DIRECTION_MARKS, "");
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return cleanText(text.replaceAll(/[\n\t]+/g, " "));
}

/** At most so many characters, the cut marked; nothing where there is no room. */
export function cutLine(text: string, maxLength: number): string {
  const characters = [...text];
  if (characters.length <= maxLength) return text;
  return maxLength < 1 ? "" : `${characters.slice(0, maxLength - 1).join("")}…`;
}
