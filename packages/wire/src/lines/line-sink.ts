import type { LineRecord } from "./line-record.ts";

/** Takes records one by one: encoded once, kept in the journal at once, sent in batches. */
export interface LineSink {
  /** Never throws and never blocks; what finds no room is dropped and counted. */
  emit(record: LineRecord): void;
  /** Gives all that is queued to the delivery at once. */
  handOver(): void;
  queuedRecords(): number;
  queuedBytes(): number;
}
