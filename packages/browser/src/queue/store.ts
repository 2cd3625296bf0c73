import type { Fate, Pace } from "./pace.ts";
import type { Batch, Row } from "./row.ts";

/** A row, and the JSON of the meta that it was added with. */
export interface Filing {
  readonly row: Row;
  readonly meta: string;
}

/** Where a sender takes batches from: the disk, or what this page alone holds. */
export interface Store {
  pace(): Promise<Pace>;
  /** What was on its way before comes again as it was; undefined: nothing waits. */
  take(): Promise<Batch | undefined>;
  /** What became of a batch, and the pace where it changed. */
  settle(batch: Batch, fate: Fate, pace: Pace | undefined): Promise<void>;
}
