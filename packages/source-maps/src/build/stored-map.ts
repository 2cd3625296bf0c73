import { isAbsolute, relative, resolve, sep } from "node:path";
import { encodedMappings, type SourceMapSegment, TraceMap } from "@jridgewell/trace-mapping";
import { cleanSourcePath } from "../map/clean-source-path.ts";
import { encodeFunctions, FUNCTIONS_FIELD, type FunctionStart } from "../map/function-table.ts";
import type { Place } from "./line-table.ts";
import type { OriginalMap } from "./original-map.ts";

export interface StoredMapParts {
  readonly debugId: string;
  /** Name of the built file, for people. */
  readonly file: string;
  readonly release: string | undefined;
  readonly map: OriginalMap;
  readonly functions: readonly FunctionStart[];
  readonly lineCount: number;
  /** Where text was put into the code, and how much, without a line break. */
  readonly insertion: Place & { readonly length: number };
  /** Where relative sources start. */
  readonly mapFolder: string;
  /** Sources below it are named from here. */
  readonly projectFolder: string;
}

/**
 * Text of the map that is stored: a source map of version 3 without the text of the sources, which
 * nobody needs on the server, and with the function table.
 */
export function renderStoredMap(parts: StoredMapParts): string {
  const { debugId, file, release, map, insertion, lineCount } = parts;
  const mappings = map.mappings.slice(0, lineCount).map((segments, line) => {
    const isShifted = line === insertion.line;
    return withoutNames(segments).map((segment) =>
      isShifted ? shift(segment, insertion) : segment,
    );
  });
  const starts = parts.functions.map((start) =>
    start.line === insertion.line && start.column >= insertion.column
      ? { ...start, column: start.column + insertion.length }
      : start,
  );
  const flat = { version: 3 as const, names: [], sources: map.sources.map(() => ""), mappings };
  return JSON.stringify({
    version: 3,
    debugId,
    file,
    sources: map.sources.map((source) => toStoredSource(source, parts)),
    names: [],
    mappings: encodedMappings(new TraceMap(flat)),
    [FUNCTIONS_FIELD]: encodeFunctions(starts, lineCount),
    ...(release !== undefined && { x_sightline_release: release }),
  });
}

/** Names are in the function table; without them, neighbours that say the same become one. */
function withoutNames(segments: readonly SourceMapSegment[]): SourceMapSegment[] {
  const out: SourceMapSegment[] = [];
  for (const segment of segments) {
    const bare: SourceMapSegment =
      segment.length === 1 ? [segment[0]] : [segment[0], segment[1], segment[2], segment[3]];
    if (!saysTheSame(out.at(-1), bare)) out.push(bare);
  }
  return out;
}

function saysTheSame(a: SourceMapSegment | undefined, b: SourceMapSegment): boolean {
  return a !== undefined && a.length === b.length && a.slice(1).every((f, i) => f === b[i + 1]);
}

function shift(
  segment: SourceMapSegment,
  insertion: { readonly column: number; readonly length: number },
): SourceMapSegment {
  if (segment[0] < insertion.column) return segment;
  const [column, ...rest] = segment;
  return [column + insertion.length, ...rest] as SourceMapSegment;
}

/**
 * From the project's folder where it is below that: folders of the machine that built it are nobody's
 * business, and would split equal errors.
 */
function toStoredSource(source: string, { mapFolder, projectFolder }: StoredMapParts): string {
  const path = cleanSourcePath(source);
  const isRelative = /^\.\.?[\\/]/.test(source);
  if (!isRelative && !isAbsolute(path)) return path;
  const below = relative(projectFolder, isRelative ? resolve(mapFolder, source) : path);
  return below === "" || below.startsWith("..") || isAbsolute(below)
    ? path
    : cleanSourcePath(below.split(sep).join("/"));
}
