import type { RecordBase } from "./log-record.ts";

export const PROBLEM_ACTIONS = ["resolve", "reopen", "mute", "unmute", "merge", "assign"] as const;
export type ProblemAction = (typeof PROBLEM_ACTIONS)[number];

/** What a person decided about a problem. Kept 400 days; the state of a problem is their fold. */
export interface ProblemRecord extends RecordBase {
  readonly kind: "problem";
  /** Coarse fingerprint of the problem. */
  readonly fp: string;
  readonly action: ProblemAction;
  /** End of a mute, Unix milliseconds. */
  readonly until?: number;
}
