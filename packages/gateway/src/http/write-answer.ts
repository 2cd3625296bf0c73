import type { IncomingMessage, ServerResponse } from "node:http";
import { GATEWAY_REASON_HEADER } from "@sightline/core";
import type { Answer } from "./answer.ts";
import { OUTCOMES } from "./outcome.ts";

/** For every answer. None is a document, and none may be shown as one. */
const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** A refused body is read on for so long, and thrown away: a sender that is cut off sees no answer. */
const LINGER_MILLIS = 2_000;
const LINGER_BYTES = 4_194_304;

/** Writes an answer; nothing that the sender wrote is in it, save an origin of the configuration. */
export function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): void {
  const { status = 400 } = OUTCOMES[answer.outcome];
  const { headers, body, retryAfterSeconds } = answer;
  if (!request.complete) linger(request);
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    "cache-control": "no-store",
    ...(status >= 400 && { [GATEWAY_REASON_HEADER]: answer.outcome }),
    ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
    ...(status !== 204 && status !== 304 && { "content-length": String(lengthOf(body)) }),
    ...headers,
  });
  response.end(body);
}

function lengthOf(body: Buffer | string | undefined): number {
  return body === undefined ? 0 : Buffer.byteLength(body);
}

function linger(request: IncomingMessage): void {
  const { socket } = request;
  let length = 0;
  const timer = setTimeout(() => socket.destroy(), LINGER_MILLIS).unref();
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > LINGER_BYTES) socket.destroy();
  });
  request.on("close", () => clearTimeout(timer));
  request.on("error", () => undefined);
}
