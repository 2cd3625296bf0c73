import type { Place } from "../fault.ts";

/** A folded or literal text may begin some lines below its key. */
const MAX_LINES = 200;

/**
 * The place of an offset inside of a query that stands in the file as it is, also over several lines.
 * Where it is not found (escapes, folded lines) the query's own place.
 */
export function locate(
  source: readonly string[],
  place: Place,
  query: string,
  offset: number,
): Place {
  const before = query.slice(0, Math.min(offset, query.trimEnd().length)).split("\n");
  const lineInQuery = before.length - 1;
  const lines = query.split("\n");
  const wanted = (lines[lineInQuery] ?? "").trimEnd();
  const columnInQuery = before[lineInQuery]?.length ?? 0;
  if (wanted.trim() === "") return place;
  const first = (lines[0] ?? "").trimEnd();
  for (let line = place.line; line < place.line + MAX_LINES && line <= source.length; line++) {
    const from = line === place.line ? place.column - 1 : 0;
    const start = (source[line - 1] ?? "").indexOf(first, from);
    if (start === -1 || first === "") continue;
    const at = (source[line - 1 + lineInQuery] ?? "").indexOf(
      wanted,
      lineInQuery === 0 ? start : 0,
    );
    if (at === -1) return place;
    return { ...place, line: line + lineInQuery, column: at + columnInQuery + 1 };
  }
  return place;
}
