/**
 * Every way a request can end. A closed list: an end without a row here does not compile, so each is
 * counted (metric `sightline.gateway.requests`, attribute `outcome`), and the counts add up to the
 * requests that came.
 */
export interface OutcomeRow {
  /** Status of the answer; undefined: nobody is there to be answered. */
  readonly status: number | undefined;
  /** For whoever looks at the counts. */
  readonly text: string;
}

export type Outcome =
  | "accepted"
  | "preflight"
  | "script"
  | "not_modified"
  | "health"
  | "disabled"
  | "unknown_key"
  | "no_origin"
  | "wrong_origin"
  | "not_found"
  | "wrong_method"
  | "wrong_type"
  | "wrong_encoding"
  | "body_too_large"
  | "inflated_too_large"
  | "bad_compression"
  | "bad_json"
  | "too_deep"
  | "too_many_values"
  | "malformed"
  | "address_limit"
  | "key_limit"
  | "overloaded"
  | "busy"
  | "stopping"
  | "failed"
  | "bad_http"
  | "head_too_large"
  | "timed_out"
  | "aborted"
  | "too_many_connections";

export const OUTCOMES: Readonly<Record<Outcome, OutcomeRow>> = {
  accepted: {
    status: 204,
    text: "Taken: all that can be kept is acknowledged by the collector or on disk.",
  },
  preflight: { status: 204, text: "A browser asked whether the page may send, and it may." },
  script: { status: 200, text: "The script for pages without a build." },
  not_modified: { status: 304, text: "The script, which the browser has already." },
  health: { status: 200, text: "A health check." },
  disabled: { status: 204, text: "The app is switched off: answered, nothing kept." },
  unknown_key: { status: 403, text: "No app has this key." },
  no_origin: { status: 403, text: "No Origin header: no page of a browser sent this." },
  wrong_origin: { status: 403, text: "The page's origin is not one of the app's." },
  not_found: { status: 404, text: "There is nothing at this address." },
  wrong_method: { status: 405, text: "The address does not take this method." },
  wrong_type: { status: 415, text: "The content type is neither text/plain nor application/json." },
  wrong_encoding: { status: 415, text: "The content encoding is none of gzip, br and deflate." },
  body_too_large: { status: 413, text: "The body is larger than the limit, as it came." },
  inflated_too_large: { status: 413, text: "The body is larger than the limit, decompressed." },
  bad_compression: { status: 400, text: "The body could not be decompressed." },
  bad_json: { status: 400, text: "The body is not JSON in UTF-8." },
  too_deep: { status: 400, text: "The JSON is nested deeper than the limit." },
  too_many_values: { status: 400, text: "The JSON has more values than the limit." },
  malformed: { status: 400, text: "The JSON is no payload of Faro." },
  address_limit: { status: 429, text: "One address sent more than its share." },
  key_limit: { status: 429, text: "The app's pages together sent more bytes than the app may." },
  overloaded: { status: 503, text: "Too many bytes of other requests were under way." },
  busy: { status: 503, text: "The collector is away and the spool is full, or the disk is." },
  stopping: { status: 503, text: "The gateway is ending; another one, or the next, will take it." },
  failed: { status: 500, text: "A fault of the gateway itself." },
  bad_http: { status: 400, text: "Not HTTP as its specification has it." },
  head_too_large: { status: 431, text: "The request's head is larger than the limit." },
  timed_out: { status: 408, text: "The request did not come to its end in time." },
  aborted: { status: undefined, text: "The sender went away before its request was complete." },
  too_many_connections: { status: undefined, text: "More connections than the limit." },
};

export const OUTCOME_NAMES: readonly Outcome[] = Object.keys(OUTCOMES) as Outcome[];
