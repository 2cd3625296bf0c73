const LINE_BREAK = /\r\n?|[\n\u2028\u2029]/g;

export interface Place {
  /** From 0. */
  readonly line: number;
  /** From 0, in UTF-16 units. */
  readonly column: number;
}

export interface LineTable {
  readonly count: number;
  placeOf(offset: number): Place;
  /** Length of a line with its line break. */
  lengthOf(line: number): number;
}

/** Lines as ECMAScript and ECMA-426 count them. */
export function createLineTable(text: string): LineTable {
  const starts = [0];
  for (const { index, 0: lineBreak } of text.matchAll(LINE_BREAK)) {
    starts.push(index + lineBreak.length);
  }
  return {
    count: starts.length,
    placeOf(offset) {
      let low = 0;
      let high = starts.length;
      while (low + 1 < high) {
        const middle = (low + high) >>> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle;
      }
      return { line: low, column: offset - (starts[low] ?? 0) };
    },
    lengthOf: (line) => (starts[line + 1] ?? text.length) - (starts[line] ?? 0),
  };
}
