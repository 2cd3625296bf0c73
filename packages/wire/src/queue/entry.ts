import type { Batch, BatchFacts, OnSettled, OnSpooled } from "../batch.ts";
import type { SpoolFile } from "../spool/spool.ts";

/** A batch on its way: in memory, or on disk, never both once the file is written. */
export interface Entry extends BatchFacts {
  /** Rises with each enqueue; adopted batches, which are older than all of ours, have 0. */
  readonly sequence: number;
  readonly bodyBytes: number;
  readonly enqueuedUnixMillis: number;
  body: Uint8Array | undefined;
  file: SpoolFile | undefined;
  /** Attempts on which the receiver failed. */
  faults: number;
  /** Being sent: its fate is open, so it is neither evicted nor sent twice. */
  isInFlight: boolean;
  /** Absent where nobody asked, and for adopted batches. */
  readonly onSettled?: OnSettled | undefined;
  readonly onSpooled?: OnSpooled | undefined;
}

export function createEntry(
  batch: Batch,
  sequence: number,
  enqueuedUnixMillis: number,
  onSettled?: OnSettled,
  onSpooled?: OnSpooled,
): Entry {
  return {
    ...batch,
    sequence,
    enqueuedUnixMillis,
    onSettled,
    onSpooled,
    bodyBytes: batch.body.length,
    faults: 0,
    file: undefined,
    isInFlight: false,
  };
}
