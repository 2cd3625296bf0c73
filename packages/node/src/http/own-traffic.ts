export type OwnTraffic = {
  /** @param origin such as `http://127.0.0.1:4318` */
  includes(origin: string, path: string): boolean;
};

/**
 * Knows the requests that carry our own signals. Measuring them would make a request for every
 * request, for ever.
 */
export function createOwnTraffic(urls: readonly string[]): OwnTraffic {
  const own = urls.map((url) => new URL(url)).map(({ origin, pathname }) => ({ origin, pathname }));
  return {
    includes: (origin, path) =>
      own.some((url) => url.origin === origin && path.startsWith(url.pathname)),
  };
}
