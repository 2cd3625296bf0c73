import type { Sightline } from "./sightline-options.ts";

// On the global object: the plain script and a bundled import of a framework's part must meet.
const CURRENT = Symbol.for("sightline.browser");
const holder = globalThis as { [CURRENT]?: Sightline | undefined };

const waiting = new Set<(sightline: Sightline) => void>();

/** What `startSightline` gave last and nobody stopped. */
export function currentSightline(): Sightline | undefined {
  return holder[CURRENT];
}

export function setCurrentSightline(sightline: Sightline | undefined): void {
  holder[CURRENT] = sightline;
  if (sightline === undefined) return;
  for (const begin of waiting) begin(sightline);
  waiting.clear();
}

/** Now, or when the page starts it: a router is often made by a module that is loaded before. */
export function onceStarted(begin: (sightline: Sightline) => void): void {
  const sightline = currentSightline();
  if (sightline === undefined) waiting.add(begin);
  else begin(sightline);
}
