/** How a sender goes on; kept in the store, so that tabs and reloads share it. */
export interface Pace {
  /** Unix milliseconds before which nothing is sent. */
  readonly untilMillis: number;
  /** The gateway asked for the wait: not even a new connection cuts it short. */
  readonly isAsked: boolean;
  /** Failures since the last success. */
  readonly failures: number;
  /** Items refused for good since the last success. */
  readonly refusals: number;
  /** Which address works. */
  readonly url: number;
}

export interface Answer {
  /** 0 where none came. */
  readonly status: number;
  readonly retryAfterMillis?: number | undefined;
}

/** `split`: one of several is poison. `refused`: this one is. `stop`: a person must act. */
export type Fate = "sent" | "split" | "refused" | "keep" | "stop";

export const CALM: Pace = { untilMillis: 0, isAsked: false, failures: 0, refusals: 0, url: 0 };

const FIRST_WAIT_MILLIS = 1_000;
const LONGEST_WAIT_MILLIS = 300_000;
/** Longer ones are obeyed up to here; and a wait that ends later was set by a clock that has been put right. */
const LONGEST_ASKED_MILLIS = 3_600_000;
/** A gateway may be broken for a while; one that fails on the same batch this often, fails because of it. */
const POISON_FAILURES = 5;
/** Further ones in a row are spaced: whoever refuses everything is broken, and must not be stormed. */
const FREE_REFUSALS = 3;

export function judge(
  { status, retryAfterMillis }: Answer,
  items: number,
  pace: Pace,
  nowMillis: number,
  random: number,
): { readonly fate: Fate; readonly pace: Pace } {
  const calm = { ...CALM, url: pace.url };
  if (status >= 200 && status < 300) return { fate: "sent", pace: calm };
  const backoff = (times: number): number =>
    nowMillis +
    Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS * 2 ** (times - 1)) * (0.5 + random / 2);
  const isPoison =
    [400, 413, 422].includes(status) ||
    ([500, 501].includes(status) && pace.failures >= POISON_FAILURES);
  if (isPoison && items > 1) return { fate: "split", pace };
  if (isPoison) {
    const refusals = pace.refusals + 1;
    const untilMillis = refusals > FREE_REFUSALS ? backoff(refusals - FREE_REFUSALS) : 0;
    return { fate: "refused", pace: { ...calm, refusals, untilMillis } };
  }
  if (status >= 300 && status < 500 && ![408, 425, 429].includes(status)) {
    return { fate: "stop", pace };
  }
  const failures = pace.failures + 1;
  const isAsked = retryAfterMillis !== undefined;
  const untilMillis = isAsked
    ? nowMillis + Math.min(LONGEST_ASKED_MILLIS, retryAfterMillis * (1 + random / 10))
    : backoff(failures);
  return { fate: "keep", pace: { ...pace, failures, isAsked, untilMillis } };
}

/** Milliseconds to wait; 0: go. `isUrged`: there is reason to hope that a failure is over. */
export function remainingMillis(pace: Pace, nowMillis: number, isUrged: boolean): number {
  const left = pace.untilMillis - nowMillis;
  return left > LONGEST_ASKED_MILLIS || (isUrged && !pace.isAsked) ? 0 : Math.max(0, left);
}

/**
 * Both forms of RFC 9110 §10.2.3. A date is compared with the answer's own `Date` where the browser
 * shows it: the page's clock may be years off.
 */
export function parseRetryAfter(headers: Headers, nowMillis: number): number | undefined {
  const text = headers.get("retry-after") ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const atMillis = /^[A-Z]/i.test(text) ? Date.parse(text) : Number.NaN;
  const fromMillis = Date.parse(headers.get("date") ?? "") || nowMillis;
  return Number.isNaN(atMillis) ? undefined : Math.max(0, atMillis - fromMillis);
}
