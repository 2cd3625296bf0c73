import { isLoopbackHost } from "@sightline/wire";

/** Where a request goes, as Node's clients know it. */
export type RequestTarget = {
  readonly scheme: "http" | "https";
  /** A name or an address, with or without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  /** With query, as sent. */
  readonly path: string;
};

export type OwnTraffic = { includes(target: RequestTarget): boolean };

/** A receiver on this machine answers to these too. */
const UNSPECIFIED: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/**
 * Knows the requests that carry our own signals, however their address is written. Measuring them
 * would make a request for every request, for ever.
 */
export function createOwnTraffic(urls: readonly string[]): OwnTraffic {
  const own = urls.map((text) => {
    const url = new URL(text);
    return {
      scheme: url.protocol === "https:" ? "https" : "http",
      host: canonicalHost(url.hostname),
      port: portOf(url),
      path: canonicalPath(url.pathname),
    };
  });
  // A name once resolved to its canonical form stays so; hosts are few, and the list is bounded.
  const hosts = new Map<string, string>();

  function hostOf(host: string): string {
    const known = hosts.get(host);
    if (known !== undefined) return known;
    if (hosts.size >= MAX_HOSTS) hosts.clear();
    const made = canonicalHost(host);
    hosts.set(host, made);
    return made;
  }

  return {
    includes({ scheme, host, port, path }) {
      // Ports differ most often, and comparing them costs nothing.
      const near = own.filter((one) => one.port === port && one.scheme === scheme);
      if (near.length === 0) return false;
      const canonical = { host: hostOf(host), path: canonicalPath(path) };
      return near.some((one) => one.host === canonical.host && one.path === canonical.path);
    },
  };
}

const MAX_HOSTS = 1_000;

export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === "https:" ? 443 : 80);
}

/** `[0:0:0:0:0:0:0:1]`, `LOCALHOST.` and `0x7f.1` are the same place as `127.0.0.1`. */
function canonicalHost(host: string): string {
  const bare = host.replace(/^\[|\]$/g, "");
  const written = `http://${bare.includes(":") ? `[${bare}]` : bare}/`;
  const parsed = URL.canParse(written) ? new URL(written).hostname : bare.toLowerCase();
  const name = parsed.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return isLoopbackHost(name) || UNSPECIFIED.has(name) ? "localhost" : name;
}

function canonicalPath(path: string): string {
  const end = path.search(/[?#]/);
  let length = end < 0 ? path.length : end;
  while (length > 0 && path[length - 1] === "/") length -= 1;
  return path.slice(0, length);
}
