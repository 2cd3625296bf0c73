import type { BatchFacts } from "./batch-file.ts";

/** What stays in memory of a batch while it waits on disk. */
export interface JournaledFile
  extends Pick<
    BatchFacts,
    "sequence" | "createdUnixMillis" | "records" | "severityNumber" | "lines"
  > {
  readonly diskBytes: number;
  readonly bodyBytes: number;
}
