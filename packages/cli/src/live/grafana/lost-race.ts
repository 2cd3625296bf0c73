import type { AnswerFault } from "./answer.ts";

/** How often a write to the one Alertmanager configuration is tried again when another came between. */
export const CONFLICT_TRIES = 5;
export const CONFLICT_WAIT_MILLIS = 100;

/** 409 since 13; before, a lost race is 500 (store.ErrVersionLockedObjectNotFound). */
export function isLostRace({ kind, code }: AnswerFault): boolean {
  return code === 409 || (kind === "server" && code === 500);
}
