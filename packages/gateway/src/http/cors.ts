import { GATEWAY_REASON_HEADER } from "@sightline/core";

/**
 * Headers that a page may send: those of Faro (2.11 on sends `Idempotency-Key`; a session's own, an API
 * key, `Content-Encoding` where it compresses), and those of traces, which a page's own
 * instrumentation adds to every request that it lets.
 * Source: @grafana/faro-web-sdk 2.12, transports/fetch; https://github.com/grafana/alloy/issues/7054
 */
const ALLOWED_HEADERS = [
  "content-type",
  "content-encoding",
  "idempotency-key",
  "x-api-key",
  "x-faro-session-id",
  "traceparent",
  "tracestate",
  "baggage",
].join(", ");

/** What lets a page of this origin read the status and when to come again; never with credentials. */
export function corsHeaders(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": `retry-after, ${GATEWAY_REASON_HEADER}`,
    vary: "origin",
  };
}

export function preflightHeaders(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": ALLOWED_HEADERS,
    // A day; Chromium keeps it for two hours at most, Firefox for one day.
    "access-control-max-age": "86400",
    vary: "origin, access-control-request-method, access-control-request-headers",
  };
}
