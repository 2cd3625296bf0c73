import type { Clock } from "@sightline/wire";

/** Says a text of one kind at most once a minute. */
export type RareLog = (kind: string, text: string) => void;

const QUIET_MILLIS = 60_000;

/**
 * A collector that refuses everything would fill our own log, which may well be one of those that we
 * ship. What was left out is counted and told with the next one.
 */
export function createRareLog(log: (text: string) => void, clock: Clock): RareLog {
  const kinds = new Map<string, { saidUnixMillis: number; leftOut: number }>();
  return (kind, text) => {
    const now = clock.now();
    const last = kinds.get(kind);
    if (last && Math.abs(now - last.saidUnixMillis) < QUIET_MILLIS) {
      last.leftOut += 1;
      return;
    }
    const more = last && last.leftOut > 0 ? ` (and ${last.leftOut} times since the last one)` : "";
    kinds.set(kind, { saidUnixMillis: now, leftOut: 0 });
    log(`${text}${more}`);
  };
}
