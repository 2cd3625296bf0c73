/**
 * What is wrong with an origin of an app; undefined if nothing is. The gateway compares it byte for
 * byte with what browsers send: https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
 */
export function findOriginProblem(text: string): string | undefined {
  if (text.includes("*")) {
    return "a * would let in whoever gets a name that fits it; write each origin by itself";
  }
  if (text === "null") return '"null" is what every sandboxed frame and every local file sends';
  if (!URL.canParse(text)) {
    return 'expected a scheme and a host, such as "https://shop.example.org"';
  }
  const { origin, protocol, username, pathname, search, hash } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:") {
    return `expected https or http, got "${protocol}//"`;
  }
  if (origin === text) return undefined;
  if (username !== "") return `an origin has no user name; browsers send "${origin}"`;
  const rest = `${pathname}${search}${hash}`;
  return rest === "/" && !text.endsWith("/")
    ? `browsers send "${origin}": small letters, and no port that the scheme has anyway`
    : `an origin ends with the host or its port; without "${rest}" it is "${origin}"`;
}

/** This machine, which nobody else reaches. */
export function isLoopbackOrigin(origin: string): boolean {
  const { hostname } = new URL(origin);
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Of a private network: no stranger is on the way. */
export function isPrivateOrigin(origin: string): boolean {
  const { hostname } = new URL(origin);
  const isPrivateAddress =
    /^(?:10(?:\.\d+){3}|192\.168(?:\.\d+){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}|169\.254(?:\.\d+){2})$/.test(
      hostname,
    ) || /^\[(?:f[cd]|fe80)/.test(hostname);
  const isPrivateName =
    !hostname.includes(".") && !hostname.startsWith("[")
      ? true
      : /\.(?:local|internal|lan|test|home\.arpa)$/.test(hostname);
  return isLoopbackOrigin(origin) || isPrivateAddress || isPrivateName;
}
