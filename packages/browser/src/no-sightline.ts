import type { Sightline } from "./sightline-options.ts";

/** Where there is no page (a server renders it) or no key: every call is taken and does nothing. */
export function createNoSightline(): Sightline {
  const nothing = (): void => undefined;
  return {
    identify: nothing,
    reportError: nothing,
    log: nothing,
    setRoute: nothing,
    consent: nothing,
    flush: async () => "sent",
    stop: nothing,
  };
}
