import type { Signal } from "../batch.ts";
import type { SendOutcome } from "../outcome.ts";
import { parseExportResponse } from "./partial-success.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** One HTTP response, its body cut at a bound. */
export interface HttpAnswer {
  readonly httpStatus: number;
  readonly contentType: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: Uint8Array;
  /** The body was longer than what was read of it. */
  readonly isCut: boolean;
}

/** OTLP 1.9, "Failures", and 408, which says that nobody read the request. */
const UNAVAILABLE_STATUSES = new Set([408, 429, 502, 503, 504]);
const CREDENTIAL_ERRORS = new Set([401, 403]);
const MAX_QUOTED_CHARACTERS = 300;
const HTML = /^\s{0,8}(?:text\/html|application\/xhtml\+xml)/i;

/** What the answer means for the batch. Pure; texts are not yet scrubbed of secrets. */
export function decideOutcome(
  signal: Signal,
  answer: HttpAnswer,
  nowUnixMillis: number,
): SendOutcome {
  const { httpStatus } = answer;
  if (httpStatus >= 200 && httpStatus < 300) return decideSuccess(signal, answer);
  const message = describeAnswer(answer);
  if (CREDENTIAL_ERRORS.has(httpStatus)) {
    return { status: "retryable", cause: "credentials", message: `not authorised: ${message}` };
  }
  // A redirect is not followed: it would carry the credentials to an address nobody configured.
  if (httpStatus < 400) {
    return {
      status: "retryable",
      cause: "endpoint",
      message: `${message}: expected an OTLP receiver, got a redirect; correct the endpoint`,
    };
  }
  const isUnavailable = UNAVAILABLE_STATUSES.has(httpStatus);
  if (isUnavailable || httpStatus >= 500) {
    const retryAfterMillis = parseRetryAfter(answer.retryAfter, nowUnixMillis);
    const cause = isUnavailable ? "unavailable" : "fault";
    const outcome = { status: "retryable", cause, message } as const;
    return retryAfterMillis === undefined ? outcome : { ...outcome, retryAfterMillis };
  }
  return { status: "failure", message };
}

function decideSuccess(signal: Signal, answer: HttpAnswer): SendOutcome {
  const response = answer.isCut
    ? ({ kind: "unreadable" } as const)
    : parseExportResponse(signal, answer.contentType, answer.body);
  if (response.kind === "read") {
    const { rejectedRecords, message } = response;
    const outcome = { status: "success", rejectedRecords } as const;
    return message === undefined ? outcome : { ...outcome, message };
  }
  const what = `HTTP ${answer.httpStatus} with a body that is no OTLP response (content type "${answer.contentType ?? ""}")`;
  // A login page or a web server at that address. No receiver of OTLP answers with one, so nobody has
  // taken the batch: it waits until somebody corrects the endpoint.
  if (HTML.test(answer.contentType ?? "")) {
    const message = `${what}: expected an OTLP receiver, got a web page; correct the endpoint`;
    return { status: "retryable", cause: "endpoint", message };
  }
  // OTLP says that any other 2xx is accepted, whatever the body; it is shown.
  const message = `${what}: is the endpoint an OTLP receiver?`;
  return { status: "success", rejectedRecords: 0, unreadable: true, message };
}

function describeAnswer(answer: HttpAnswer): string {
  const text = printableText(answer.body);
  return text === "" ? `HTTP ${answer.httpStatus}` : `HTTP ${answer.httpStatus} "${text}"`;
}

/** Error bodies are plain text, JSON or a protobuf Status: keep what a person can read. */
function printableText(body: Uint8Array): string {
  return new TextDecoder()
    .decode(body.subarray(0, 4 * MAX_QUOTED_CHARACTERS))
    .replace(/[^\P{C} ]|\uFFFD/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MAX_QUOTED_CHARACTERS);
}
