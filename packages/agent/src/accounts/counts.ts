import type { DropReason } from "@sightline/core";

/** Counted lines of a life or a service. */
export interface LineCounts {
  readonly readLines: number;
  readonly sentLines: number;
  readonly acknowledgedLines: number;
  readonly droppedLines: Readonly<Partial<Record<DropReason, number>>>;
  readonly unknownGaps: number;
}

/** The same while it is being counted. */
export interface Counts {
  readLines: number;
  sentLines: number;
  acknowledgedLines: number;
  readonly droppedLines: Partial<Record<DropReason, number>>;
  unknownGaps: number;
}

export function createCounts(): Counts {
  return { readLines: 0, sentLines: 0, acknowledgedLines: 0, droppedLines: {}, unknownGaps: 0 };
}

/** @param sign -1 takes it away again. */
export function addCounts(to: Counts, change: Partial<LineCounts>, sign: 1 | -1 = 1): void {
  to.readLines += sign * (change.readLines ?? 0);
  to.sentLines += sign * (change.sentLines ?? 0);
  to.acknowledgedLines += sign * (change.acknowledgedLines ?? 0);
  to.unknownGaps += sign * (change.unknownGaps ?? 0);
  for (const [reason, lines] of droppedEntries(change.droppedLines ?? {})) {
    const sum = (to.droppedLines[reason] ?? 0) + sign * lines;
    if (sum === 0) delete to.droppedLines[reason];
    else to.droppedLines[reason] = sum;
  }
}

/** A copy that does not change any more. */
export function readCounts(counts: Counts): LineCounts {
  return { ...counts, droppedLines: { ...counts.droppedLines } };
}

export function droppedLines(dropped: LineCounts["droppedLines"]): number {
  return droppedEntries(dropped).reduce((sum, [, lines]) => sum + lines, 0);
}

export function waitingLines(counts: LineCounts): number {
  return counts.readLines - counts.acknowledgedLines - droppedLines(counts.droppedLines);
}

function droppedEntries(dropped: LineCounts["droppedLines"]): [DropReason, number][] {
  return Object.entries(dropped) as [DropReason, number][];
}
