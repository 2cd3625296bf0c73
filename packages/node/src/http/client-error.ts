/** How far a call had come when it failed. */
export type CallPhase = "connect" | "headers" | "body";

/** What a failed call tells about itself. */
export type CallFailure = {
  readonly error: unknown;
  readonly phase: CallPhase;
  /** The client's own timer ran out before it gave up. */
  readonly hasTimedOut?: boolean;
  /** The host gave up, whatever the error says. */
  readonly isByHost?: boolean;
};

/** Codes that say the same in other words, by Node, OpenSSL and undici. */
const CODES: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: "timeout_connect",
  ETIMEDOUT: "timeout_connect",
  UND_ERR_HEADERS_TIMEOUT: "timeout_headers",
  UND_ERR_BODY_TIMEOUT: "timeout_body",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_FAIL: "dns",
  EAI_NODATA: "dns",
  EAI_NONAME: "dns",
  ENODATA: "dns",
  ECONNREFUSED: "connection_refused",
  ECONNRESET: "connection_reset",
  EPIPE: "connection_reset",
  UND_ERR_SOCKET: "connection_reset",
  ABORT_ERR: "aborted",
  UND_ERR_ABORTED: "aborted",
  EPROTO: "tls",
  HOSTNAME_MISMATCH: "tls",
};

/** Certificates that OpenSSL does not accept, and handshakes that fail. */
const TLS_CODE =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|CRL_|ERROR_IN_C)/;

const PLAIN_CODE = /^[A-Z][A-Z0-9_]{1,40}$/;
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/;
/** An error within an error within an error; a circle must end. */
const MAX_CAUSES = 4;

/**
 * `error.type` of a call without an answer, out of a short list: `timeout_connect`,
 * `timeout_headers`, `timeout_body`, `dns`, `tls`, `connection_refused`, `connection_reset`,
 * `aborted`, else the code or the name of the error. Never throws.
 */
export function classifyError(failure: CallFailure): string {
  const { error, phase } = failure;
  if (failure.hasTimedOut) return `timeout_${phase}`;
  try {
    for (const cause of causesOf(error)) {
      // `AbortSignal.timeout` says so by the name of its reason, and nothing about where.
      if (cause.name === "TimeoutError") return `timeout_${phase}`;
    }
    if (failure.isByHost) return "aborted";
    for (const cause of causesOf(error)) {
      const type = typeOfCode(cause.code);
      if (type !== undefined) return type;
      if (cause.name === "AbortError") return "aborted";
    }
    return fallback(error);
  } catch {
    return "Error";
  }
}

type ErrorLike = { readonly name?: unknown; readonly code?: unknown; readonly cause?: unknown };

function* causesOf(error: unknown): Generator<ErrorLike> {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES; depth += 1) {
    if (typeof current !== "object" || current === null) return;
    yield current;
    // A connection tried at several addresses: each has failed, and the first one says why.
    const { errors } = current as { errors?: unknown };
    current = Array.isArray(errors) && errors.length > 0 ? errors[0] : (current as ErrorLike).cause;
  }
}

function typeOfCode(code: unknown): string | undefined {
  if (typeof code !== "string") return undefined;
  if (Object.hasOwn(CODES, code)) return CODES[code];
  return TLS_CODE.test(code) ? "tls" : undefined;
}

function fallback(error: unknown): string {
  const { code, name } = (error ?? {}) as ErrorLike;
  if (typeof code === "string" && PLAIN_CODE.test(code)) return code;
  return typeof name === "string" && PLAIN_NAME.test(name) ? name : "Error";
}
