import { DROP_REASONS } from "@sightline/core";
import type { Cancel, Clock } from "@sightline/wire";
import type { AccountLedger } from "../accounts/accounts.ts";
import type { BatchFacts, LifeLines } from "./batch-file.ts";
import type { JournalFolder } from "./journal-folder.ts";
import type { JournaledFile } from "./journaled-file.ts";
import { type OwnedEntry, serializeEntries } from "./log-request.ts";
import type { OpenBatch, OpenStep } from "./open-batch.ts";
import type { Positions } from "./positions.ts";
import type { RareLog } from "./rare-log.ts";

/** A file that is on disk now; its body is still in memory. */
export interface WrittenFile {
  readonly file: JournaledFile;
  readonly body: Uint8Array;
}

export interface JournalWriterOptions {
  readonly folder: JournalFolder;
  readonly positions: Positions;
  readonly accounts: AccountLedger;
  readonly clock: Clock;
  /** Of the newest file there is. */
  readonly lastSequence: number;
  readonly log: RareLog;
  /** Positions and accounts know of the batch by now. */
  onWritten(files: readonly WrittenFile[]): void;
  /** A write failed, or one went well after that. */
  onHealth(error: string | undefined): void;
}

/** Writes batches to the journal one after the other, and tries a failing disk again for ever. */
export interface JournalWriter {
  push(batch: OpenBatch): void;
  /** Of what is not on disk. */
  waitingBytes(): number;
  waitingRecords(): number;
  /** The last batch that is on disk, counted from 1 by `push`. */
  writtenBatches(): number;
  pushedBatches(): number;
  lastSequence(): number;
  /** Settles when all that was pushed is on disk. */
  drained(): Promise<void>;
  stop(): void;
}

/** A part of a batch, ready to be written. */
interface Part {
  readonly body: Uint8Array;
  readonly records: number;
  readonly severityNumber: number;
  readonly lines: readonly LifeLines[];
}

/** A batch as bytes, which take a third of the memory that its entries do. */
interface PreparedBatch {
  readonly parts: readonly Part[];
  readonly steps: readonly OpenStep[];
  readonly lives: BatchFacts["lives"];
  readonly bytes: number;
  readonly records: number;
}

const RETRY_MILLIS = 1_000;
/** Steps alone, where every line was left out. */
const NOTHING: Part = { body: new Uint8Array(0), records: 0, severityNumber: 0, lines: [] };

export function createJournalWriter(options: JournalWriterOptions): JournalWriter {
  const { folder, positions, accounts, clock } = options;
  const waiting: PreparedBatch[] = [];
  const drains: { readonly batch: number; readonly resolve: () => void }[] = [];
  let bytes = 0;
  let records = 0;
  let pushed = 0;
  let written = 0;
  let lastSequence = options.lastSequence;
  let isBusy = false;
  let isStopped = false;
  let cancelRetry: Cancel | undefined;

  async function work(): Promise<void> {
    if (isBusy || cancelRetry) return;
    isBusy = true;
    try {
      for (let batch = waiting[0]; batch && !isStopped; batch = waiting[0]) await write(batch);
    } catch (error) {
      options.onHealth(error instanceof Error ? error.message : String(error));
      cancelRetry = clock.after(RETRY_MILLIS, () => {
        cancelRetry = undefined;
        void work();
      });
    } finally {
      isBusy = false;
    }
  }

  async function write(batch: PreparedBatch): Promise<void> {
    const { parts } = batch;
    const steps = positions.number(batch.steps);
    const createdUnixMillis = clock.now();
    const files: WrittenFile[] = [];
    for (const [index, { body, ...rest }] of parts.entries()) {
      const isContinued = index < parts.length - 1;
      const facts: BatchFacts = {
        sequence: lastSequence + 1 + index,
        createdUnixMillis,
        ...rest,
        part: index,
        isContinued,
        steps: isContinued ? [] : steps,
        lives: isContinued ? [] : batch.lives,
      };
      const diskBytes = await folder.writeBatch(facts, body);
      const { sequence, lines, records: count, severityNumber } = facts;
      const file = { sequence, createdUnixMillis, lines, records: count, severityNumber };
      files.push({ file: { ...file, diskBytes, bodyBytes: body.length }, body });
    }
    lastSequence += parts.length;
    positions.advance(steps, lastSequence);
    for (const step of batch.steps) accounts.journaled(step.life, step);
    finish(batch, files);
  }

  function finish(batch: PreparedBatch, files: readonly WrittenFile[]): void {
    waiting.shift();
    bytes -= batch.bytes;
    records -= batch.records;
    written += 1;
    options.onHealth(undefined);
    options.onWritten(files);
    while (drains[0] && drains[0].batch <= written) drains.shift()?.resolve();
  }

  /** What is lost here moves from the lines of its step to the dropped ones. */
  function prepare(batch: OpenBatch): PreparedBatch {
    const { requests, lost } = serializeEntries(batch.entries);
    for (const { owned, reason } of lost) {
      const { lines } = owned.entry;
      options.log(
        reason,
        `a record of "${owned.identity.service}" was left out: ${DROP_REASONS[reason]} Lines: ${lines}.`,
      );
      if (!owned.step) continue;
      owned.step.lines -= lines;
      owned.step.dropped[reason] = (owned.step.dropped[reason] ?? 0) + lines;
      accounts.lost(owned.step.life, reason, lines, false);
    }
    const parts = requests.map(({ body, entries }) => ({
      body,
      records: entries.length,
      severityNumber: Math.max(...entries.map(({ entry }) => entry.severityNumber)),
      lines: linesByLife(entries),
    }));
    return {
      parts: parts.length === 0 ? [NOTHING] : parts,
      steps: batch.steps,
      lives: [...new Set(batch.steps.map(({ life }) => life))].map(accounts.factsOf),
      bytes: parts.reduce((sum, { body }) => sum + body.length, 0),
      records: parts.reduce((sum, part) => sum + part.records, 0),
    };
  }

  return {
    push(open) {
      const batch = prepare(open);
      waiting.push(batch);
      bytes += batch.bytes;
      records += batch.records;
      pushed += 1;
      void work();
    },
    waitingBytes: () => bytes,
    waitingRecords: () => records,
    writtenBatches: () => written,
    pushedBatches: () => pushed,
    lastSequence: () => lastSequence,
    drained() {
      if (written === pushed) return Promise.resolve();
      const batch = pushed;
      return new Promise((resolve) => drains.push({ batch, resolve }));
    },
    stop() {
      isStopped = true;
      cancelRetry?.();
    },
  };
}

function linesByLife(entries: readonly OwnedEntry[]): LifeLines[] {
  const lines = new Map<string, number>();
  for (const { entry, step } of entries) {
    if (step) lines.set(step.life, (lines.get(step.life) ?? 0) + entry.lines);
  }
  return [...lines].map(([life, count]) => ({ life, lines: count }));
}
