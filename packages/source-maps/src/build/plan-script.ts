import { basename, dirname, join } from "node:path";
import { debugIdOf } from "../debug-id.ts";
import { findFunctionStarts } from "../functions/function-starts.ts";
import { BadMap } from "../map/bad-map.ts";
import { MAX_MAP_BYTES } from "../store/map-path.ts";
import { isStored } from "../store/map-store.ts";
import { type BuildFault, buildFault } from "./build-faults.ts";
import { findMap, type MapText } from "./find-map.ts";
import { createLineTable, type LineTable } from "./line-table.ts";
import { type OriginalMap, readOriginalMap } from "./original-map.ts";
import { debugIdSnippet, findInsertion, snippetAt } from "./snippet.ts";
import { renderStoredMap } from "./stored-map.ts";
import { readTrailingComments } from "./trailing-comments.ts";

export interface BuildPlace {
  readonly folder: string;
  readonly mapsFolder: string;
  readonly service: string;
  readonly release: string | undefined;
  readonly projectFolder: string;
}

/** What is to be done with one built file. */
export interface ScriptPlan {
  readonly path: string;
  readonly debugId: string;
  /** New text of the file; undefined where an earlier run has done it. */
  readonly code: string | undefined;
  /** Text of the map to store; undefined where it is stored. */
  readonly map: string | undefined;
  readonly functions: number;
  /** The map's own file in the build, which goes. */
  readonly mapFile: string | undefined;
  readonly faults: readonly BuildFault[];
}

const BOM = "\ufeff";

/** @returns faults alone where there is nothing to do for this file */
export function planScript(
  place: BuildPlace,
  path: string,
  text: string,
): ScriptPlan | BuildFault[] {
  const hasBom = text.startsWith(BOM);
  const { code, mapUrl, debugId } = readTrailingComments(hasBom ? text.slice(1) : text);
  const at = findInsertion(code);
  const noted = snippetAt(code, at);
  if (noted !== undefined) return planAgain(place, path, noted);
  const found = findMap(place.folder, path, mapUrl);
  if (found.status !== "found") return [mapFault(path, found)];
  const map = readMapOf(path, found);
  if ("kind" in map) return [map];
  const lines = createLineTable(code);
  const wrong = findMismatch(path, map, lines, debugId);
  if (wrong !== undefined) return [wrong];

  const id = debugId ?? map.debugId ?? debugIdOf(path, code);
  const functions = findFunctionStarts(code, map);
  const snippet = debugIdSnippet(id);
  const stored = renderStoredMap({
    debugId: id,
    file: basename(path),
    release: place.release,
    map,
    functions: functions.status === "found" ? functions.starts : [],
    lineCount: lines.count,
    insertion: { ...lines.placeOf(at), length: snippet.length },
    mapFolder: dirname(join(place.folder, found.path ?? path)),
    projectFolder: place.projectFolder,
  });
  const bytes = Buffer.byteLength(stored);
  if (bytes > MAX_MAP_BYTES) return [mapFault(path, { status: "too_large", bytes })];
  return {
    path,
    debugId: id,
    code: `${hasBom ? BOM : ""}${code.slice(0, at)}${snippet}${code.slice(at)}\n//# debugId=${id}\n`,
    map: stored,
    functions: functions.status === "found" ? functions.count : 0,
    mapFile: found.path,
    faults:
      functions.status === "found"
        ? []
        : [buildFault("no_function_names", path, `acorn cannot read it: ${functions.message}`)],
  };
}

/** A run that was killed half-way may have left the map behind; it is of the code before. */
function planAgain(place: BuildPlace, path: string, debugId: string): ScriptPlan | BuildFault[] {
  if (!isStored(place.mapsFolder, place.service, debugId)) {
    return [
      buildFault("map_lost", path, `it was done before, and ${debugId}.map is not in the maps`),
    ];
  }
  const left = findMap(place.folder, path, undefined);
  return {
    path,
    debugId,
    code: undefined,
    map: undefined,
    functions: 0,
    mapFile: left.status === "found" ? left.path : undefined,
    faults: [],
  };
}

function mapFault(path: string, found: Exclude<MapText, { readonly status: "found" }>): BuildFault {
  switch (found.status) {
    case "none":
      return buildFault("no_map", path, "it has no source map");
    case "missing":
      return buildFault("map_missing", path, `its comment names ${found.path}, which is not there`);
    case "elsewhere":
      return buildFault("map_elsewhere", path, `its map is outside the build: ${found.url}`);
    case "too_large":
      return buildFault("map_too_large", path, `its map has ${found.bytes} bytes`);
    case "bad":
      return buildFault("bad_map", path, `its map cannot be read: ${found.message}`);
  }
}

function readMapOf(
  path: string,
  found: Extract<MapText, { readonly status: "found" }>,
): OriginalMap | BuildFault {
  try {
    return readOriginalMap(found.text);
  } catch (error) {
    if (!(error instanceof BadMap)) throw error;
    return buildFault("bad_map", path, `${found.path ?? "its map"}: ${error.message}`);
  }
}

function findMismatch(
  path: string,
  map: OriginalMap,
  lines: LineTable,
  debugId: string | undefined,
): BuildFault | undefined {
  const fault = (message: string): BuildFault => buildFault("map_of_another_file", path, message);
  if (debugId !== undefined && map.debugId !== undefined && debugId !== map.debugId) {
    return fault(`its debug id is ${debugId}, and that of its map ${map.debugId}`);
  }
  for (const [line, segments] of map.mappings.entries()) {
    const last = segments.at(-1);
    if (last === undefined) continue;
    const length = line < lines.count ? lines.lengthOf(line) : -1;
    if (last[0] > length) {
      return fault(`its map has line ${line + 1}, column ${last[0] + 1}, and the file has not`);
    }
  }
  return undefined;
}
