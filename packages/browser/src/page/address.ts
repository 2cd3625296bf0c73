/** An address without what is private in it: credentials, query and fragment. */
export function bareAddress(url: URL): string {
  // `null` for schemes without an origin, such as `file:` and `blob:`.
  return (url.origin === "null" ? url.protocol : url.origin) + url.pathname;
}

/** Any way of writing an address, as the page would fetch it; undefined where it is none. */
export function resolveAddress(address: string): URL | undefined {
  try {
    return new URL(address, document.baseURI);
  } catch {
    return undefined;
  }
}

/** The path that routes are told by: the fragment's where the app keeps it there (`#/orders/5`). */
export function routePath(address: Location | URL): string {
  const { hash, pathname } = address;
  if (!/^#!?\//.test(hash)) return pathname;
  return pathname + (hash.split("?")[0] ?? "");
}
