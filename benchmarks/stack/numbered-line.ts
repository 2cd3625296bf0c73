/** A line that tells which one it is and when it was printed, Unix milliseconds. */
export function formatLine(number: number, printedAt: number): string {
  return `bench line ${number} printed at ${printedAt} and then some words as lines have them`;
}

const PATTERN = /bench line (\d+) printed at (\d+)/g;

/** Every such line in a text, or in what is left of it inside a binary message. */
export function findLines(text: string): { number: number; printedAt: number }[] {
  return Array.from(text.matchAll(PATTERN), ([, number, printedAt]) => ({
    number: Number(number),
    printedAt: Number(printedAt),
  }));
}
