/** What zone.js leaves on the global object, as far as it matters here. */
interface ZoneGlobal {
  readonly Zone?: { readonly root?: { run<T>(work: () => T): T } };
}

/**
 * Runs outside every zone: listeners and timers that start in it never cause change detection, which
 * would otherwise run over the whole page for each of our own.
 */
export function outsideZones<T>(work: () => T): T {
  const root = (globalThis as ZoneGlobal).Zone?.root;
  return root === undefined ? work() : root.run(work);
}

/** Calls into the page or the browser that may throw; undefined then. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The same call, which never throws. */
export function safely<A extends unknown[]>(call: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    attempt(() => call(...args));
  };
}

/** Random, as hexadecimal digits. Works on pages without TLS, where `randomUUID` does not exist. */
export function randomHex(bytes: number): string {
  let hex = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) {
    hex += byte.toString(16).padStart(2, "0");
  }
  return hex;
}

/** A timer that no zone knows of. */
export function later(work: () => void, millis: number): ReturnType<typeof setTimeout> {
  return outsideZones(() => setTimeout(safely(work), millis));
}
