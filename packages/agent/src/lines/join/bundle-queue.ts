import type { GroupBundle } from "../log-entry.ts";
import type { OpenGroup } from "./open-group.ts";

/**
 * Takes from the front of `queue` (ordered by first line) the groups that are complete and that no
 * open one overlaps, those that overlap each other together. Undefined: nothing is ready.
 */
export function takeOverlapping(queue: OpenGroup[]): OpenGroup[] | undefined {
  let lastNumber = -1;
  let end = 0;
  for (; end < queue.length; end++) {
    const group = queue[end] as OpenGroup;
    if (end > 0 && group.firstNumber > lastNumber) break;
    if (group.open) return undefined;
    lastNumber = Math.max(lastNumber, group.lastNumber);
  }
  return end === 0 ? undefined : queue.splice(0, end);
}

export function toBundle(groups: readonly OpenGroup[]): GroupBundle {
  let last = groups[0] as OpenGroup;
  for (const group of groups) if (group.lastNumber > last.lastNumber) last = group;
  return {
    groups: groups.map(({ lines }) => ({ lines })),
    position: (last.lines.at(-1) as OpenGroup["lines"][number]).position,
  };
}
