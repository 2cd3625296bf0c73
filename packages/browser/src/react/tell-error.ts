import { currentSightline } from "../current-sightline.ts";
import type { ErrorDetails } from "../sightline-options.ts";

/** One error passes a route's error element, boundaries that throw it on, and the root's callbacks. */
const told = new WeakSet<object>();

/** Tells an error the first time that a part of React brings it. */
export function tellError(error: unknown, details: ErrorDetails): void {
  const sightline = currentSightline();
  if (sightline === undefined) return;
  if (typeof error === "object" && error !== null) {
    if (told.has(error)) return;
    told.add(error);
  }
  sightline.reportError(error, details);
}
