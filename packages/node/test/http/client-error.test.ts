import { expect, it } from "vitest";
import { type CallPhase, classifyError } from "../../src/http/client-error.ts";

const coded = (code: string, name = "Error") => Object.assign(new Error("x"), { code, name });
const failed = (cause: unknown) => new TypeError("fetch failed", { cause });

it.each<[string, unknown, CallPhase, string]>([
  ["undici's connect timer", coded("UND_ERR_CONNECT_TIMEOUT"), "connect", "timeout_connect"],
  [
    "undici's headers timer",
    failed(coded("UND_ERR_HEADERS_TIMEOUT")),
    "headers",
    "timeout_headers",
  ],
  ["undici's body timer", coded("UND_ERR_BODY_TIMEOUT"), "body", "timeout_body"],
  ["the kernel's timer", coded("ETIMEDOUT"), "connect", "timeout_connect"],
  [
    "AbortSignal.timeout",
    AbortSignal.timeout(0).reason ?? new DOMException("x", "TimeoutError"),
    "headers",
    "timeout_headers",
  ],
  [
    "AbortSignal.timeout as a cause",
    Object.assign(new Error("x", { cause: new DOMException("x", "TimeoutError") }), {
      name: "AbortError",
      code: "ABORT_ERR",
    }),
    "body",
    "timeout_body",
  ],
  ["an abort", new DOMException("x", "AbortError"), "headers", "aborted"],
  ["an unknown name", failed(coded("ENOTFOUND")), "connect", "dns"],
  ["a resolver that is away", coded("EAI_AGAIN"), "connect", "dns"],
  ["an expired certificate", failed(coded("CERT_HAS_EXPIRED")), "connect", "tls"],
  ["an unknown issuer", coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "connect", "tls"],
  ["another name in the certificate", coded("ERR_TLS_CERT_ALTNAME_INVALID"), "connect", "tls"],
  ["a failed handshake", coded("ERR_SSL_WRONG_VERSION_NUMBER"), "connect", "tls"],
  [
    "a refused connection at each address",
    Object.assign(new AggregateError([coded("ECONNREFUSED")]), { code: undefined }),
    "connect",
    "connection_refused",
  ],
  ["a server that hangs up", failed(coded("UND_ERR_SOCKET")), "headers", "connection_reset"],
  ["a code of its own", coded("HPE_INVALID_CONSTANT"), "headers", "HPE_INVALID_CONSTANT"],
  [
    "a name of its own",
    Object.assign(new Error("x"), { name: "TooManyCooks" }),
    "headers",
    "TooManyCooks",
  ],
  ["a text in place of an error", "secret of 123", "headers", "Error"],
  ["a code with a secret", coded("user 42 failed"), "headers", "Error"],
  ["nothing", undefined, "headers", "Error"],
])("names %s", (_what, error, phase, expected) => {
  expect(classifyError({ error, phase })).toBe(expected);
});

it("survives errors that refuse to be read, and circles", () => {
  const circle: { cause?: unknown; name: string } = { name: "Loop" };
  circle.cause = circle;
  expect(classifyError({ error: circle, phase: "body" })).toBe("Loop");
  const refusing = new Proxy(
    {},
    {
      get: () => {
        throw new Error("no");
      },
    },
  );
  expect(classifyError({ error: refusing, phase: "body" })).toBe("Error");
});
