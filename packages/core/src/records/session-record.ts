import type { RecordBase } from "./log-record.ts";

export const SESSION_STATES = ["start", "active", "errored", "crashed", "end"] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/**
 * A sign of life of one user, at most one per user, hour and instance: the single source of
 * "users today" and of the crash-free rate.
 */
export interface SessionRecord extends RecordBase {
  readonly kind: "session";
  readonly sessionId: string;
  /** HMAC of the user's id, 16 hexadecimal digits. */
  readonly userHash: string;
  /** HyperLogLog register of the user, 0 to 255; see `hllRegister`. */
  readonly ui: number;
  /** HyperLogLog rank of the user, 1 to 33. */
  readonly ur: number;
  readonly release?: string;
  readonly state: SessionState;
}
