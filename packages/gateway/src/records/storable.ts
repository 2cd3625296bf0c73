import { LOKI_LIMIT } from "@sightline/core";

/** Room for an outage: what waits in the spool must not become too old there. */
const OLDEST_MILLIS = LOKI_LIMIT.maxAgeMillis - 86_400_000;
const NEWEST_MILLIS = LOKI_LIMIT.maxFutureMillis / 2;

export type Storable = "storable" | "too_old" | "too_far_in_future";

/** Whether the stores would take what happened then. */
export function judgeTime(millis: number, nowMillis: number): Storable {
  const ageMillis = nowMillis - millis;
  if (ageMillis >= OLDEST_MILLIS) return "too_old";
  return -ageMillis >= NEWEST_MILLIS ? "too_far_in_future" : "storable";
}
