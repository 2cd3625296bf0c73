import { BadMap, MapTooLarge } from "./bad-map.ts";
import { cleanSourcePath } from "./clean-source-path.ts";
import { FUNCTIONS_FIELD, isFunctionTable } from "./function-table.ts";
import { decodeSegments, fieldOf, findSegment, type Segments, segmentBytes } from "./vlq.ts";

/** A map that is ready to be asked. */
export interface ReadyMap {
  readonly positions: Segments;
  /** As the map has them, not cleaned: few of thousands are ever asked for. */
  readonly sources: readonly string[];
  readonly functions: { readonly starts: Segments; readonly names: readonly string[] } | undefined;
  /** What it takes in memory, roughly. */
  readonly bytes: number;
}

export interface SourcePosition {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly function?: string;
}

/** Source, line and column of a segment; its name is not needed. */
const POSITION_FIELDS = 3;
const FUNCTION_FIELDS = 1;
/** Names are short: most of what one takes is the object around it. */
const BYTES_PER_CHARACTER = 3;
const OWN_BYTES = 1024;

/**
 * Reads the text of a flat source map of version 3.
 *
 * @throws BadMap, MapTooLarge
 */
export function readMap(text: string, maxBytes: number): ReadyMap {
  const { sources, mappings, functions } = checkShape(parseJson(text));
  const positions = decodeSegments(mappings, POSITION_FIELDS, maxBytes);
  const table = functions && {
    starts: decodeSegments(functions.starts, FUNCTION_FIELDS, maxBytes),
    names: functions.names,
  };
  const bytes = segmentBytes(positions) + (table ? segmentBytes(table.starts) : 0);
  const texts = text.length - mappings.length - (functions?.starts.length ?? 0);
  const all = bytes + BYTES_PER_CHARACTER * texts + OWN_BYTES;
  if (all > maxBytes) throw new MapTooLarge(`it needs ${all} bytes of memory`);
  return { positions, sources, functions: table, bytes: all };
}

function parseJson(text: string): unknown {
  // Google's own servers put `)]}'` before JSON, and the format allows it.
  const json = text.startsWith(")]}") ? text.slice(text.indexOf("\n") + 1) : text;
  try {
    return JSON.parse(json);
  } catch {
    throw new BadMap("it is not JSON");
  }
}

interface MapShape {
  readonly sources: readonly string[];
  readonly mappings: string;
  readonly functions: { readonly starts: string; readonly names: readonly string[] } | undefined;
}

function checkShape(value: unknown): MapShape {
  if (typeof value !== "object" || value === null) throw new BadMap("it is no JSON object");
  const map = value as Readonly<Record<string, unknown>>;
  if (map["version"] !== 3) throw new BadMap("its version is not 3");
  if (typeof map["mappings"] !== "string") throw new BadMap("it has no mappings");
  if (!Array.isArray(map["sources"])) throw new BadMap("it has no list of sources");
  const root = typeof map["sourceRoot"] === "string" ? map["sourceRoot"] : "";
  const functions = map[FUNCTIONS_FIELD];
  return {
    sources: map["sources"].map((source) => toSource(root, source)),
    mappings: map["mappings"],
    functions: isFunctionTable(functions) ? functions : undefined,
  };
}

function toSource(root: string, source: unknown): string {
  if (typeof source !== "string") return "";
  return root === "" ? source : `${root.replace(/\/$/, "")}/${source}`;
}

/** Where a position of the built file is in the source; undefined where the map has nothing for it. */
export function findPosition(
  map: ReadyMap,
  line: number,
  column: number,
): SourcePosition | undefined {
  const { positions, sources } = map;
  const segment = findSegment(positions, line - 1, column - 1);
  const file = cleanSourcePath(sources[fieldOf(positions, segment, 1)] ?? "");
  const sourceLine = fieldOf(positions, segment, 2);
  const sourceColumn = fieldOf(positions, segment, 3);
  // Steps of a map may lead before the beginning.
  if (file === "" || sourceLine < 0 || sourceColumn < 0) return undefined;
  const name = findFunction(map, line - 1, column - 1);
  return {
    file,
    line: sourceLine + 1,
    column: sourceColumn + 1,
    ...(name === undefined ? {} : { function: name }),
  };
}

/** Name of the innermost function with a name around a position, both from 0. */
function findFunction({ functions }: ReadyMap, line: number, column: number): string | undefined {
  if (functions === undefined) return undefined;
  const { starts, names } = functions;
  return names[fieldOf(starts, findSegment(starts, line, column), 1)];
}
