/**
 * Every way a record can be lost. A closed list: a loss without a name here does not compile, so
 * each one is counted (metric `sightline.dropped.records`, attribute `reason`) and explained.
 */
export type DropReason =
  | "queue_full"
  | "spool_full"
  | "spool_corrupt"
  | "spool_unavailable"
  | "ring_full"
  | "rejected"
  | "partially_rejected"
  | "too_large"
  | "too_old"
  | "too_far_in_future"
  | "serialization_failed"
  | "redaction_failed"
  | "rate_limited"
  | "sampled"
  | "shutdown_timeout"
  | "source_rotated"
  | "too_many_series"
  | "malformed";

/** One sentence per reason, as `sightline status` and `sightline doctor` print it. */
export const DROP_REASONS: Readonly<Record<DropReason, string>> = {
  queue_full: "The queue in memory was full because records came faster than they could be sent.",
  spool_full: "The spool on disk had reached its size limit while the receiver was away.",
  spool_corrupt: "A spooled file could not be read back: it was cut short or changed on disk.",
  spool_unavailable: "The spool's folder could not be written: missing, read-only or disk full.",
  ring_full:
    "The process died, and the file of its crash recorder had had no room for all that was unsent.",
  rejected:
    "The receiver refused the data for good (400, 413, 422), or failed on it again and again (500, 501).",
  partially_rejected: "The receiver took the request but refused some of the records in it.",
  too_large: "The record alone is larger than the receiver takes.",
  too_old: "The record is older than the store takes (seven days in Loki).",
  too_far_in_future:
    "The record's clock is further ahead than the store takes (ten minutes in Loki).",
  serialization_failed: "The record could not be turned into bytes, for example a getter threw.",
  redaction_failed: "Secrets could not be removed safely, so the record was not sent.",
  rate_limited: "The same source sent more than its share and was throttled.",
  sampled: "The record was left out by a sampling rule that somebody configured.",
  shutdown_timeout: "The process ended before the record could be sent or spooled.",
  source_rotated: "The log file was rotated away before it was read.",
  too_many_series:
    "A metric had more series than are taken: look for a label whose values never repeat.",
  malformed: "A page sent something that is no record: a wrong type, or nothing that can be shown.",
};

/** All reasons, in the order of the table. */
export const DROP_REASON_NAMES: readonly DropReason[] = Object.keys(DROP_REASONS) as DropReason[];

/** Whether a text from outside (a metric label, a file) is one of ours. */
export function isDropReason(text: string): text is DropReason {
  return Object.hasOwn(DROP_REASONS, text);
}
