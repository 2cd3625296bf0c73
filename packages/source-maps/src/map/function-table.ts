import { encodeNumber } from "./vlq.ts";

/** Key in a stored map; a prefix `x_` is what the format leaves to everybody. */
export const FUNCTIONS_FIELD = "x_sightline_functions";

/**
 * Which function of the source a place of the built file is in. `starts` is written like mappings:
 * from this column on, the function `names[field]`; a segment without the field means none. Each line
 * begins with what holds at its start.
 */
export interface FunctionTable {
  readonly names: readonly string[];
  readonly starts: string;
}

/** From here on, the code belongs to this function. Line and column from 0. */
export interface FunctionStart {
  readonly line: number;
  readonly column: number;
  readonly name: string | undefined;
}

/** @param starts in the order of the code; at most one per place. */
export function encodeFunctions(
  starts: readonly FunctionStart[],
  lineCount: number,
): FunctionTable {
  const indexes = new Map<string, number>();
  const lines: string[] = [];
  let segments: string[] = [];
  let current: string | undefined;
  let lastIndex = 0;
  let lastColumn = 0;

  function write(column: number, name: string | undefined): void {
    let text = encodeNumber(column - lastColumn);
    if (name !== undefined) {
      const index = indexes.get(name) ?? indexes.size;
      indexes.set(name, index);
      text += encodeNumber(index - lastIndex);
      lastIndex = index;
    }
    segments.push(text);
    lastColumn = column;
    current = name;
  }

  let next = 0;
  for (let line = 0; line < lineCount; line += 1) {
    lastColumn = 0;
    segments = [];
    if (current !== undefined && starts[next]?.line !== line) write(0, current);
    else if (current !== undefined && starts[next]?.column !== 0) write(0, current);
    for (let start = starts[next]; start?.line === line; start = starts[next]) {
      if (start.name !== current) write(start.column, start.name);
      next += 1;
    }
    lines.push(segments.join(","));
  }
  return { names: [...indexes.keys()], starts: lines.join(";") };
}

export function isFunctionTable(value: unknown): value is FunctionTable {
  if (typeof value !== "object" || value === null) return false;
  const { names, starts } = value as Readonly<Record<string, unknown>>;
  return (
    typeof starts === "string" &&
    Array.isArray(names) &&
    names.every((name) => typeof name === "string")
  );
}
