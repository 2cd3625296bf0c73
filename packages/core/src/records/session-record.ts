import type { RecordBase } from "./log-record.ts";

export const SESSION_STATES = ["start", "active", "errored", "crashed", "end"] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/**
 * A sign of life of one user, at most one per user, hour, state and instance: the single source of
 * "users today" and of the share of users without errors. The hour is the UTC hour of `timeMillis`.
 *
 * A server writes `active` and `errored`. `start` and `end` are known to the browser alone, and so is
 * `crashed`: a process that is killed can tell nobody whom it was serving, and a rate of the deaths
 * that can be told would look better than it is.
 */
export interface SessionRecord extends RecordBase {
  readonly kind: "session";
  /** Absent where only the user is known. */
  readonly sessionId?: string;
  /** HMAC of the user's id, 16 hexadecimal digits. Absent where a page knows no user: then neither are `ui`, `ur`. */
  readonly userHash?: string;
  /** HyperLogLog register of the user, 0 to 255; see `hllRegister`. */
  readonly ui?: number;
  /** HyperLogLog rank of the user, 1 to 33. */
  readonly ur?: number;
  /**
   * HMAC of the browser's own random id, 16 hexadecimal digits; of browsers alone. Users and visitors
   * are counted apart: one person is both, and on two devices two visitors.
   */
  readonly visitorHash?: string;
  readonly release?: string;
  readonly state: SessionState;
}
