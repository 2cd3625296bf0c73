import type { ReadLines } from "../accounts/accounts.ts";
import { droppedLines } from "../accounts/counts.ts";
import type { BatchFacts, FileFate, LifeLines, SourceStep } from "./batch-file.ts";
import { type Checkpoint, EMPTY_CHECKPOINT, type SettledFile } from "./checkpoint.ts";
import type { JournaledFile } from "./journaled-file.ts";

/** A file of the journal as it was found at the start. */
export type FoundFile = {
  readonly sequence: number;
  readonly name: string;
  readonly diskBytes: number;
} & (
  | {
      readonly status: "read";
      readonly facts: BatchFacts;
      readonly bodyBytes: number;
      readonly fate: FileFate;
    }
  | { readonly status: "corrupt"; readonly message: string; readonly facts?: BatchFacts }
);

export type FoundCheckpoint =
  | { readonly status: "read"; readonly checkpoint: Checkpoint }
  /** There was none, or it could not be used. */
  | { readonly status: "none" };

/** Where a source goes on, by the batch with this sequence. */
export interface SourceState {
  readonly position: SourceStep["position"];
  readonly lines: number;
  readonly sequence: number;
}

/** What a start does with what it found. Nothing has been done yet. */
export interface Recovery {
  readonly checkpoint: Checkpoint;
  readonly sources: ReadonlyMap<string, SourceState>;
  /** Oldest first. */
  readonly pending: readonly JournaledFile[];
  /** Their fate is known, by their name, and not counted yet. */
  readonly credited: readonly { readonly file: JournaledFile; readonly fate: FileFate }[];
  /** Their fate is known and counted; the credited ones among them. */
  readonly settled: readonly SettledFile[];
  /** What to count beside what the checkpoint says. */
  readonly replayed: readonly { readonly life: string; readonly read: ReadLines }[];
  /** Lines in files that are missing or torn, and that their source will not read again. */
  readonly lost: readonly LifeLines[];
  readonly lives: readonly BatchFacts["lives"][number][];
  readonly setAside: readonly Extract<FoundFile, { status: "corrupt" }>[];
  /** First parts of a batch whose last part was never written: its lines are read again. */
  readonly discarded: readonly string[];
  readonly lastSequence: number;
}

type WholeFile = Extract<FoundFile, { status: "read" }>;

/**
 * Puts together checkpoint and journal. A torn file moves no position: its lines are read again where
 * no later file of the source stands, and are lost where one does, which the counts in that file tell.
 */
export function planRecovery(found: FoundCheckpoint, files: readonly FoundFile[]): Recovery {
  const checkpoint = found.status === "read" ? found.checkpoint : EMPTY_CHECKPOINT;
  const ordered = [...files].sort((a, b) => a.sequence - b.sequence);
  const names = new Set(ordered.map(({ sequence }) => sequence));
  const settled = checkpoint.settled.filter(({ sequence }) => names.has(sequence));
  const settledNames = new Set(settled.map(({ sequence }) => sequence));
  const open = ordered.filter(({ sequence }) => !settledNames.has(sequence));
  const whole = open.filter((file) => file.status === "read");
  const { kept, discarded } = splitUnfinished(whole, checkpoint.sequence);
  const told = kept.filter(({ fate }) => fate.kind !== "waiting");
  const later = kept.filter((file) => file.sequence > checkpoint.sequence);
  const steps = followSteps(checkpoint, later, found.status === "none");
  return {
    checkpoint,
    ...steps,
    pending: kept.filter(({ fate }) => fate.kind === "waiting").map(toJournaledFile),
    credited: told.map((file) => ({ file: toJournaledFile(file), fate: file.fate })),
    settled: [...settled, ...told.map(toSettled)],
    lives: later.flatMap(({ facts }) => facts.lives),
    setAside: open.filter((file) => file.status === "corrupt"),
    discarded: discarded.map(({ name }) => name),
    lastSequence: Math.max(checkpoint.sequence, ordered.at(-1)?.sequence ?? 0),
  };
}

/** Parts count only with their last one, which holds the steps; the checkpoint's are whole. */
function splitUnfinished(
  files: readonly WholeFile[],
  checkpointSequence: number,
): { kept: WholeFile[]; discarded: WholeFile[] } {
  const finished = new Set(files.filter(({ facts }) => !facts.isContinued).map(firstSequence));
  const isKept = (file: WholeFile): boolean =>
    file.sequence <= checkpointSequence || finished.has(firstSequence(file));
  return {
    kept: files.filter(isKept),
    discarded: files.filter((file) => !isKept(file)),
  };
}

const firstSequence = (file: WholeFile): number => file.sequence - file.facts.part;

function followSteps(
  checkpoint: Checkpoint,
  files: readonly WholeFile[],
  isBaseUnknown: boolean,
): Pick<Recovery, "sources" | "replayed" | "lost"> {
  const sources = new Map<string, SourceState>(
    checkpoint.positions.map(({ source, position, lines }) => [
      source,
      { position, lines, sequence: checkpoint.sequence },
    ]),
  );
  const replayed: { life: string; read: ReadLines }[] = [];
  const lost: LifeLines[] = [];
  for (const { sequence, facts } of files) {
    for (const step of facts.steps) {
      const before = sources.get(step.source)?.lines ?? (isBaseUnknown ? step.linesBefore : 0);
      if (step.linesBefore > before) {
        lost.push({ life: step.life, lines: step.linesBefore - before });
      }
      const { life, position, lines, dropped, unknownGaps } = step;
      replayed.push({ life, read: { lines, dropped, unknownGaps } });
      sources.set(step.source, { position, lines: linesAfter(step), sequence });
    }
  }
  return { sources, replayed, lost };
}

export function linesAfter(step: SourceStep): number {
  return step.linesBefore + step.lines + droppedLines(step.dropped);
}

function toSettled({ sequence, fate }: WholeFile): SettledFile {
  if (fate.kind !== "refused") return { sequence };
  return { sequence, refusal: "the receiver's words were lost when the process ended" };
}

function toJournaledFile({ sequence, diskBytes, bodyBytes, facts }: WholeFile): JournaledFile {
  const { createdUnixMillis, records, severityNumber, lines } = facts;
  return { sequence, diskBytes, bodyBytes, createdUnixMillis, records, severityNumber, lines };
}
