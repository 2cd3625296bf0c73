import type { DockerEvent } from "../docker/api-types.ts";

export interface SeenEvents {
  isNew(event: DockerEvent): boolean;
}

const MAX_REMEMBERED = 2_000;

/** Docker repeats events of the second that a new connection asks from. */
export function createSeenEvents(): SeenEvents {
  const seen = new Set<string>();
  return {
    isNew({ Actor, Action, timeNano }) {
      const key = `${Actor.ID} ${Action} ${timeNano}`;
      if (seen.has(key)) return false;
      seen.add(key);
      if (seen.size > MAX_REMEMBERED) seen.delete(seen.values().next().value ?? "");
      return true;
    },
  };
}
