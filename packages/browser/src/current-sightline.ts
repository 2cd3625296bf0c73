import type { Sightline } from "./sightline-options.ts";

// On the global object: the plain script and a bundled import of a framework's part must meet.
const CURRENT = Symbol.for("sightline.browser");
const holder = globalThis as { [CURRENT]?: Sightline | undefined };

/** What `startSightline` gave last and nobody stopped. */
export function currentSightline(): Sightline | undefined {
  return holder[CURRENT];
}

export function setCurrentSightline(sightline: Sightline | undefined): void {
  holder[CURRENT] = sightline;
}
