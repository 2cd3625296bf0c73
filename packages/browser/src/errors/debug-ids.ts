import { getStackFramesFromError } from "@grafana/faro-web-sdk";
import { FARO } from "@sightline/core";

const ids = new Map<string, string>();
let known = 0;

/**
 * The debug id of a built file, if its build registered one. The build's snippet stores the text of a
 * stack and nothing more, because it runs in every file at load; here it is read when an error first
 * needs it.
 */
export function debugIdOf(file: string): string | undefined {
  const registered = (globalThis as Record<string, unknown>)[FARO.debugIdsGlobal];
  if (typeof registered !== "object" || registered === null) return undefined;
  const stacks = Object.entries(registered);
  // Files are added as they load, never taken away.
  for (const [stack, id] of stacks.slice(known)) {
    const [frame] = getStackFramesFromError({ name: "", message: "", stack });
    if (frame !== undefined && typeof id === "string") ids.set(frame.filename, id);
  }
  known = stacks.length;
  return ids.get(file);
}
