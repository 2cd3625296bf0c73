import type { Position } from "../sources/line.ts";
import type { SourceStep } from "./batch-file.ts";
import type { SavedPosition } from "./checkpoint.ts";
import type { OpenStep } from "./open-batch.ts";
import { linesAfter, type SourceState } from "./recover.ts";

/** How far every source is safe on disk. */
export interface Positions {
  of(source: string): Position | undefined;
  sources(): readonly string[];
  /** Numbers the steps of a batch, for its header; changes nothing. */
  number(steps: readonly OpenStep[]): readonly SourceStep[];
  /** The batch with these steps is on disk. */
  advance(steps: readonly SourceStep[], sequence: number): void;
  /** Something of the source may still be in the open batch with this number. */
  forget(source: string, openBatch: number): void;
  /** The source speaks again. */
  keep(source: string): void;
  /** Drops forgotten sources of which nothing waits, in memory or on disk. */
  prune(writtenBatch: number, oldestPendingSequence: number): void;
  save(): readonly SavedPosition[];
}

export function createPositions(known: ReadonlyMap<string, SourceState>): Positions {
  const states = new Map(known);
  const forgotten = new Map<string, number>();

  return {
    of: (source) => states.get(source)?.position,
    sources: () => [...states.keys()],
    number(steps) {
      const after = new Map<string, number>();
      return steps.map((step) => {
        const linesBefore = after.get(step.source) ?? states.get(step.source)?.lines ?? 0;
        const numbered = { ...step, linesBefore };
        after.set(step.source, linesAfter(numbered));
        return numbered;
      });
    },
    advance(steps, sequence) {
      for (const step of steps) {
        states.set(step.source, { position: step.position, lines: linesAfter(step), sequence });
      }
    },
    forget: (source, openBatch) => void forgotten.set(source, openBatch),
    keep: (source) => void forgotten.delete(source),
    prune(writtenBatch, oldestPendingSequence) {
      for (const [source, batch] of forgotten) {
        const sequence = states.get(source)?.sequence ?? 0;
        if (batch > writtenBatch || sequence >= oldestPendingSequence) continue;
        states.delete(source);
        forgotten.delete(source);
      }
    },
    save: () => [...states].map(([source, { position, lines }]) => ({ source, position, lines })),
  };
}
