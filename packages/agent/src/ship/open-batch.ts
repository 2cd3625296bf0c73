import type { DropReason } from "@sightline/core";
import { addCounts, type Counts, createCounts } from "../accounts/counts.ts";
import type { LogEntry } from "../lines/log-entry.ts";
import type { Position } from "../sources/line.ts";
import { estimateBytes, type OwnedEntry } from "./log-request.ts";
import type { Shipment } from "./shipper.ts";

/** How far one source gets with a batch that is not written yet: it still grows. */
export interface OpenStep {
  readonly source: string;
  readonly life: string;
  position: Position;
  lines: number;
  readonly dropped: Partial<Record<DropReason, number>>;
  unknownGaps: number;
}

/** Shipments that go into the journal together. */
export interface OpenBatch {
  readonly entries: readonly OwnedEntry[];
  readonly steps: readonly OpenStep[];
  /** Estimated; an empty batch has 0. */
  readonly bytes: number;
}

export interface BatchBuilder {
  add(shipment: Shipment): void;
  bytes(): number;
  records(): number;
  isEmpty(): boolean;
  /** What was added since the last time. */
  take(): OpenBatch;
}

/** What a shipment without entries takes: its step in the header. */
const STEP_BYTES = 200;

export function createBatchBuilder(): BatchBuilder {
  let entries: OwnedEntry[] = [];
  let steps = new Map<string, OpenStep>();
  let bytes = 0;

  function stepOf(read: NonNullable<Shipment["read"]>): OpenStep {
    const key = JSON.stringify([read.source, read.life]);
    const known = steps.get(key);
    if (known) {
      known.position = read.position;
      // A source may go over to its next life and back within a batch: the last one said counts.
      steps.delete(key);
      steps.set(key, known);
      return known;
    }
    bytes += STEP_BYTES;
    const { source, life, position } = read;
    const step = { source, life, position, lines: 0, dropped: {}, unknownGaps: 0 };
    steps.set(key, step);
    return step;
  }

  return {
    add(shipment) {
      const step = shipment.read && stepOf(shipment.read);
      if (step && shipment.read) addRead(step, shipment.read, shipment.entries);
      for (const entry of shipment.entries) {
        entries.push({ entry, identity: shipment.identity, step });
        bytes += estimateBytes(entry);
      }
    },
    bytes: () => bytes,
    records: () => entries.length,
    isEmpty: () => entries.length === 0 && steps.size === 0,
    take() {
      const batch = { entries, steps: [...steps.values()], bytes };
      entries = [];
      steps = new Map();
      bytes = 0;
      return batch;
    },
  };
}

export function countLines(entries: readonly LogEntry[]): number {
  return entries.reduce((lines, entry) => lines + entry.lines, 0);
}

function addRead(
  step: OpenStep,
  read: NonNullable<Shipment["read"]>,
  entries: readonly LogEntry[],
): void {
  step.lines += countLines(entries);
  step.unknownGaps += read.unknownGaps ?? 0;
  const counts: Counts = { ...createCounts(), droppedLines: step.dropped };
  addCounts(counts, { droppedLines: read.dropped ?? {} });
}
