import { LRUCache } from "lru-cache";
import { parseDebugId } from "../debug-id.ts";
import type { RawFrame } from "./frame.ts";
import type { UnresolvedReason } from "./unresolved-reasons.ts";

/** Maps that ended a thread: they are not tried again for a while. */
export interface MapSuspects {
  add(service: string, debugId: string, reason: UnresolvedReason): void;
  /** Of each frame, why its map is not to be tried; undefined for the others. */
  reasons(service: string, frames: readonly RawFrame[]): readonly (UnresolvedReason | undefined)[];
}

const MAX_SUSPECTS = 1_000;
/** Long enough that a storm of one error costs one thread a minute; short enough for a new map. */
const SUSPECT_MILLIS = 60_000;

export function createMapSuspects(): MapSuspects {
  const suspects = new LRUCache<string, UnresolvedReason>({
    max: MAX_SUSPECTS,
    ttl: SUSPECT_MILLIS,
  });

  function reasonFor(service: string, { debugId }: RawFrame): UnresolvedReason | undefined {
    const id = parseDebugId(debugId);
    return id === undefined ? undefined : suspects.get(`${service}/${id}`);
  }

  return {
    add: (service, debugId, reason) => void suspects.set(`${service}/${debugId}`, reason),
    reasons: (service, frames) => frames.map((frame) => reasonFor(service, frame)),
  };
}
