/** What a request to Grafana came to. No token, header or request body is in it. */
export type Answer =
  | { readonly status: "ok"; readonly code: number; readonly value: unknown }
  | AnswerFault;

export interface AnswerFault {
  readonly status: "fault";
  readonly kind: /** 401: the token is not taken. 403: it may not do this. */
    | "not-authorised"
    | "forbidden"
    | "missing"
    /** 409, 412: somebody else wrote in between, or it exists already. */
    | "conflict"
    /** Another 4xx: the same request will be refused again. */
    | "refused"
    /** 5xx and 429 after all retries. */
    | "server"
    /** No connection, no answer in time, or cut before its end. */
    | "no-answer"
    /** An answer that no Grafana gives: a web page, a redirect to a login page, not JSON, too much. */
    | "not-grafana"
    | "interrupted";
  readonly code: number | undefined;
  /** One line: what was asked, what came. */
  readonly message: string;
  readonly advice?: string | undefined;
  /** A write that may have been carried out although no answer came. */
  readonly isUncertain?: boolean;
}
