/** How one attempt to send ended. Texts never hold a header value or other secret. */
export type SendOutcome = SendSuccess | SendRetryable | SendFailure;

/** The receiver took the batch, save `rejectedRecords` of it (OTLP partial success). */
export interface SendSuccess {
  readonly status: "success";
  readonly rejectedRecords: number;
  /** What the receiver said about the rejected ones, or why its answer could not be read. */
  readonly message?: string;
  /** The status was 2xx but the body was no OTLP response: taken as accepted, and counted. */
  readonly unreadable?: boolean;
}

/** Nobody took the batch, and the same bytes may be taken later. */
export interface SendRetryable {
  readonly status: "retryable";
  readonly message: string;
  /**
   * `credentials` and `endpoint` need a person, so these are retried slowly. `fault`: the receiver
   * failed on these bytes (500, 501, …), which it may do for ever, so they get a few attempts only.
   */
  readonly cause: "unavailable" | "fault" | "credentials" | "endpoint";
  /** What the receiver asked for with `Retry-After`. */
  readonly retryAfterMillis?: number;
}

/** The receiver will never take these bytes. */
export interface SendFailure {
  readonly status: "failure";
  readonly message: string;
}
