import { currentSightline, setCurrentSightline } from "./current-sightline.ts";
import { createNoSightline } from "./no-sightline.ts";
import { resolveAddress } from "./page/address.ts";
import type { Sightline, SightlineOptions } from "./sightline-options.ts";
import { createSightlinePage } from "./sightline-page.ts";

/** As the gateway has keys: `[A-Za-z0-9_-]{8,64}`. */
const KEY = /^[\w-]{8,64}$/;

/**
 * Begins to tell what happens in this page. A second call ends the first one, so that modules that
 * are loaded anew while developing leave one behind; where there is no page (a server renders it) it
 * does nothing.
 *
 * @throws never; what is wrong is told in the console.
 */
export function startSightline(options: SightlineOptions): Sightline {
  if (typeof document === "undefined") return createNoSightline();
  try {
    currentSightline()?.stop();
    const fault = faultOf(options);
    if (fault !== undefined) {
      // biome-ignore lint/suspicious/noConsole: whoever built the page must read it
      console.warn(`Sightline does not run: ${fault}`);
      return createNoSightline();
    }
    const sightline = createSightlinePage(options);
    const stop = (): void => {
      sightline.stop();
      if (currentSightline() === handle) setCurrentSightline(undefined);
    };
    const handle: Sightline = { ...sightline, stop };
    setCurrentSightline(handle);
    return handle;
  } catch (error) {
    attemptToWarn(error);
    return createNoSightline();
  }
}

function attemptToWarn(error: unknown): void {
  try {
    // biome-ignore lint/suspicious/noConsole: whoever built the page must read it
    console.warn("Sightline does not run: the page or browser refused something it needs.", error);
  } catch {
    // Then there is nobody to tell.
  }
}

function faultOf(options: SightlineOptions): string | undefined {
  const key: unknown = options?.key;
  if (typeof key !== "string" || !KEY.test(key)) {
    return `key is ${JSON.stringify(key)}; give one of the app's keys from sightline.yaml (8 to 64 letters, digits, _ or -).`;
  }
  const { consent = "granted", sampleRate = 1, url = "/" } = options;
  if (!(sampleRate >= 0 && sampleRate <= 1)) {
    return `sampleRate is ${sampleRate}; give a share between 0 and 1.`;
  }
  if (!["granted", "pending", "denied"].includes(consent)) {
    return `consent is ${JSON.stringify(consent)}; give granted, pending or denied.`;
  }
  if (resolveAddress(url) === undefined) {
    return `url is ${JSON.stringify(url)}; give an address such as https://example.com/sl, or a path.`;
  }
  return undefined;
}
