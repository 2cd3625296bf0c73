import {
  decodedMappings,
  FlattenMap,
  type SourceMapSegment,
  TraceMap,
} from "@jridgewell/trace-mapping";
import { parseDebugId } from "../debug-id.ts";
import { BadMap } from "../map/bad-map.ts";

/** The map as the bundler wrote it, flat. */
export interface OriginalMap {
  readonly file: string | undefined;
  readonly debugId: string | undefined;
  readonly sources: readonly string[];
  readonly contents: readonly (string | undefined)[];
  readonly names: readonly string[];
  /** By line; each ascending by column. */
  readonly mappings: readonly (readonly SourceMapSegment[])[];
}

/**
 * Reads a map of any kind that ECMA-426 knows: flat or with sections.
 *
 * @throws BadMap
 */
export function readOriginalMap(text: string): OriginalMap {
  const json = parseMap(text);
  try {
    const isSectioned = "sections" in json;
    // biome-ignore lint/suspicious/noExplicitAny: checked by what follows, whatever it holds
    const map = isSectioned ? FlattenMap(json as any) : new TraceMap(json as any);
    const root = map.sourceRoot ? `${map.sourceRoot.replace(/\/$/, "")}/` : "";
    const mappings = decodedMappings(map);
    checkMappings(mappings, map.sources.length);
    return {
      file: typeof map.file === "string" ? map.file : undefined,
      debugId: parseDebugId(json["debugId"] ?? json["debug_id"]),
      sources: map.sources.map((source) => (source === null ? "" : root + source)),
      contents: map.sources.map((_, index) => map.sourcesContent?.[index] ?? undefined),
      names: map.names,
      mappings,
    };
  } catch (error) {
    if (error instanceof BadMap) throw error;
    throw new BadMap(error instanceof Error ? error.message : String(error));
  }
}

function parseMap(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith(")]}") ? text.slice(text.indexOf("\n") + 1) : text);
  } catch {
    throw new BadMap("it is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadMap("it is no JSON object");
  }
  const map = value as Readonly<Record<string, unknown>>;
  if (map["version"] !== 3) throw new BadMap(`its version is ${JSON.stringify(map["version"])}`);
  if ("sections" in map) return map;
  if (typeof map["mappings"] !== "string") throw new BadMap("it has no mappings");
  if (!Array.isArray(map["sources"])) throw new BadMap("it has no list of sources");
  return map;
}

function checkMappings(
  mappings: readonly (readonly SourceMapSegment[])[],
  sourceCount: number,
): void {
  for (const segment of mappings.flat()) {
    const isSound = segment.every((field) => Number.isSafeInteger(field) && field >= 0);
    if (!isSound) throw new BadMap("its mappings hold what is no position");
    if (segment.length > 1 && (segment[1] as number) >= sourceCount) {
      throw new BadMap(`its mappings name source ${segment[1]}, and it has ${sourceCount}`);
    }
  }
}
