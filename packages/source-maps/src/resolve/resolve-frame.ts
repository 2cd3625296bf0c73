import { parseDebugId } from "../debug-id.ts";
import { findPosition } from "../map/ready-map.ts";
import { type FrameResolution, type RawFrame, unresolved } from "./frame.ts";
import type { MapCache } from "./map-cache.ts";

export function resolveFrame(maps: MapCache, service: string, frame: RawFrame): FrameResolution {
  if (frame.debugId === undefined || frame.debugId === "") return unresolved("no_debug_id");
  const debugId = parseDebugId(frame.debugId);
  if (debugId === undefined) return unresolved("bad_debug_id");
  const { line, column } = frame;
  if (!isPosition(line) || !isPosition(column)) return unresolved("no_position");
  const found = maps.find(service, debugId);
  if (found.status === "none") return unresolved(found.reason);
  const position = findPosition(found.map, line, column);
  return position === undefined ? unresolved("not_mapped") : { status: "resolved", ...position };
}

function isPosition(number: number | undefined): number is number {
  return number !== undefined && Number.isSafeInteger(number) && number > 0;
}
