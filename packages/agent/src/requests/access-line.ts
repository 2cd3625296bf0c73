/** What an access line says of one request, as it is written there. */
export interface AccessLine {
  /** The client's word: may be anything without a space. */
  readonly method: string;
  /** Path with query, or a whole URL. */
  readonly target: string;
  /** 100 to 599; absent where the client left before there was an answer. */
  readonly status?: number;
  readonly seconds?: number;
  /** As the client asked for it, maybe with a port. */
  readonly host?: string;
  readonly scheme?: "http" | "https";
}

/** An access line of something that was no HTTP request: a TLS handshake, a closed connection. */
export const NO_REQUEST = "no request";

/** Undefined: the line is of another kind. */
export type AccessResult = AccessLine | typeof NO_REQUEST | undefined;

/** Method, target and version of the quoted request line; undefined for garbage. */
export function parseRequestLine(
  text: string,
): { readonly method: string; readonly target: string } | undefined {
  const afterMethod = text.indexOf(" ");
  if (afterMethod < 1 || afterMethod > MAX_METHOD_LENGTH) return undefined;
  const method = text.slice(0, afterMethod);
  if (!TOKEN.test(method)) return undefined;
  // From the end: the target of a sloppy client may hold spaces.
  const version = text.lastIndexOf(" HTTP/");
  if (version > afterMethod) return { method, target: text.slice(afterMethod + 1, version) };
  // HTTP/0.9, and the servers that leave the version out.
  const target = text.slice(afterMethod + 1);
  return version === -1 && target.startsWith("/") && !target.includes(" ")
    ? { method, target }
    : undefined;
}

const MAX_METHOD_LENGTH = 32;
/** RFC 9110 §5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,32}$/;

export function parseStatus(text: string): number | undefined {
  return /^[1-5]\d\d$/.test(text) ? Number(text) : undefined;
}
