/** What is behind it tells no routes apart, and costs. */
const MAX_PATH_LENGTH = 1_024;

/**
 * The path of a request's target, without query, for all four forms of RFC 9112 §3.2. Undefined where
 * there is none: `*`, and the address of a CONNECT.
 */
export function parsePath(target: string): string | undefined {
  const path = target.startsWith("/") ? target : pathOfUrl(target);
  if (path === undefined) return undefined;
  const end = path.slice(0, MAX_PATH_LENGTH).search(/[?#]/);
  return end === -1 ? path.slice(0, MAX_PATH_LENGTH) : path.slice(0, end);
}

const URL_START = /^(https?):\/\/([^/?#]{1,260})/i;

function pathOfUrl(target: string): string | undefined {
  const start = URL_START.exec(target);
  if (start === null) return undefined;
  const rest = target.slice(start[0].length);
  return rest.startsWith("/") ? rest : "/";
}

/** Scheme and host of a target that is a whole URL. */
export function parseOrigin(
  target: string,
): { readonly scheme: "http" | "https"; readonly host: string } | undefined {
  if (target.startsWith("/")) return undefined;
  const [, scheme, host] = URL_START.exec(target) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  return { scheme: scheme.toLowerCase() === "https" ? "https" : "http", host };
}

/** Host in lower case, without port; IPv6 in its brackets. */
export function parseHost(host: string): string {
  return host.toLowerCase().replace(/:\d{1,5}$/, "");
}
