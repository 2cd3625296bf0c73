import { LRUCache } from "lru-cache";
import { parseDebugId } from "../debug-id.ts";
import { type FrameResolution, type RawFrame, unresolved } from "./frame.ts";
import type { UnresolvedReason } from "./unresolved-reasons.ts";

/** Maps that ended a thread: they are not tried again for a while. */
export interface MapSuspects {
  add(service: string, debugId: string, reason: UnresolvedReason): void;
  /** The same frames, those of suspects without their position. */
  hide(service: string, frames: readonly RawFrame[]): readonly RawFrame[];
  /** The same answers, those of suspects with the reason why. */
  mark(
    service: string,
    frames: readonly RawFrame[],
    resolutions: readonly FrameResolution[],
  ): readonly FrameResolution[];
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
    hide: (service, frames) =>
      suspects.size === 0
        ? frames
        : frames.map((frame) => (reasonFor(service, frame) === undefined ? frame : {})),
    mark: (service, frames, resolutions) =>
      suspects.size === 0
        ? resolutions
        : resolutions.map((resolution, index) => {
            const reason = reasonFor(service, frames[index] ?? {});
            return reason === undefined ? resolution : unresolved(reason);
          }),
  };
}
