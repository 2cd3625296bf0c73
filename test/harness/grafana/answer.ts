import type { Profile } from "./profiles.ts";

/** What a handler answers. `body` undefined: nothing but the status. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ends the work on a request with this answer. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`answered with ${answer.status}`);
    this.answer = answer;
  }
}

export function refuse(status: number, message: string, more: object = {}): Refusal {
  return new Refusal({ status, body: { message, ...more } });
}

/** `ErrResp` of pkg/services/ngalert/api/errors.go: the text and an empty trace id. */
export function alertingError(status: number, message: string): Refusal {
  return refuse(status, message, { traceID: "" });
}

/** An error without a public text: shown by 10.4, hidden since 11.0 (pkg/api/response, ErrOrFallback). */
export function hiddenError(profile: Profile, message: string): Refusal {
  return alertingError(500, profile.hidesErrors ? "Internal Server Error" : message);
}

/** errutil's public form: message, id and status. pkg/apimachinery/errutil/errors.go */
export function publicError(status: number, messageId: string, message: string): Refusal {
  return refuse(status, message, { messageId, statusCode: status, traceID: "" });
}

/** web.Bind failed: the body is no JSON, or a field has the wrong type. Seen on 10.4.3 and 11.0.0. */
export function badRequestData(): Refusal {
  return alertingError(400, "bad request data");
}
