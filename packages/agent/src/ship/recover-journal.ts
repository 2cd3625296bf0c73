import type { Clock } from "@sightline/wire";
import type { AccountLedger } from "../accounts/accounts.ts";
import type { BatchFacts } from "./batch-file.ts";
import type { SettledFile } from "./checkpoint.ts";
import { creditLines } from "./credit-lines.ts";
import { CHECKPOINT_NAME, type JournalFolder } from "./journal-folder.ts";
import type { JournaledFile } from "./journaled-file.ts";
import {
  type FoundCheckpoint,
  type FoundFile,
  planRecovery,
  type Recovery,
  type SourceState,
} from "./recover.ts";

/** What a start found and took over. */
export interface RecoveredJournal {
  readonly sources: ReadonlyMap<string, SourceState>;
  readonly pending: readonly JournaledFile[];
  readonly settled: readonly SettledFile[];
  readonly lastSequence: number;
  readonly journalBytes: number;
  readonly diskBytes: ReadonlyMap<number, number>;
  readonly corruptFiles: number;
  /** Whether nothing is missing that was written; false at the very first start, too. */
  readonly isWhole: boolean;
}

/** Reads the folder, puts the accounts right, and sets aside what cannot be read. Never rejects. */
export async function recoverJournal(
  folder: JournalFolder,
  accounts: AccountLedger,
  clock: Clock,
  log: (text: string) => void,
): Promise<RecoveredJournal> {
  const files = await findFiles(folder, log);
  const found = await findCheckpoint(folder, files, clock, log);
  const plan = planRecovery(found.checkpoint, files);
  countAll(plan, accounts, log);
  for (const name of plan.discarded) {
    log(
      `journal "${folder.path}": "${name}" is part of a batch that was never whole; its lines are read again`,
    );
    await folder.setAside(name);
  }
  for (const file of plan.setAside) await setAsideTorn(folder, file, log);
  const held = new Set([...plan.pending, ...plan.settled].map(({ sequence }) => sequence));
  const diskBytes = new Map(
    files
      .filter(({ sequence }) => held.has(sequence))
      .map((file) => [file.sequence, file.diskBytes]),
  );
  return {
    sources: plan.sources,
    pending: plan.pending,
    settled: plan.settled,
    lastSequence: plan.lastSequence,
    journalBytes: [...diskBytes.values()].reduce((sum, bytes) => sum + bytes, 0),
    diskBytes,
    corruptFiles: plan.setAside.length + (found.isCorrupt ? 1 : 0),
    isWhole: plan.setAside.length === 0 && found.checkpoint.status === "read",
  };
}

async function findFiles(
  folder: JournalFolder,
  log: (text: string) => void,
): Promise<readonly FoundFile[]> {
  try {
    return await folder.findBatches();
  } catch (error) {
    log(`journal "${folder.path}" cannot be read: ${(error as Error).message}`);
    return [];
  }
}

async function findCheckpoint(
  folder: JournalFolder,
  files: readonly FoundFile[],
  clock: Clock,
  log: (text: string) => void,
): Promise<{ checkpoint: FoundCheckpoint; isCorrupt: boolean }> {
  const read = await folder.readCheckpoint();
  if (read.status === "read") return { checkpoint: read, isCorrupt: false };
  const none = { status: "none" } as const;
  if (read.status === "absent") {
    if (files.length > 0) {
      log(
        `journal "${folder.path}": ${CHECKPOINT_NAME} is missing; positions and accounts start from the ${files.length} batches that are there`,
      );
    }
    return { checkpoint: none, isCorrupt: false };
  }
  const label = `checkpoint-${clock.now()}.json`;
  const isKept = await folder.setAside(CHECKPOINT_NAME, label);
  log(
    `journal "${folder.path}": ${CHECKPOINT_NAME} cannot be used: ${read.message}; positions and accounts start from the ${files.length} batches that are there, and what was sent before may be read and sent again${isKept ? `; the file is kept as corrupt/${label}` : ""}`,
  );
  return { checkpoint: none, isCorrupt: true };
}

function countAll(plan: Recovery, accounts: AccountLedger, log: (text: string) => void): void {
  accounts.restore(plan.checkpoint.accounts);
  for (const facts of plan.lives) accounts.open(facts);
  for (const { life, read } of plan.replayed) accounts.replayed(life, read);
  for (const { file, fate } of plan.credited) {
    for (const { life, lines } of file.lines) accounts.sent(life, lines);
    creditLines(accounts, file, fate);
  }
  for (const { life, lines } of plan.lost) accounts.missed(life, "spool_corrupt", lines);
  const missing = reconcile(plan, accounts);
  const lost = missing + plan.lost.reduce((sum, { lines }) => sum + lines, 0);
  if (lost > 0) {
    log(`the journal lacks ${lost} lines that were in it; they are counted as spool_corrupt`);
  }
}

/** Every line that waits must be in a file; one that is not was in a file that is torn or gone. */
function reconcile(plan: Recovery, accounts: AccountLedger): number {
  const inFiles = new Map<string, number>();
  for (const { lines } of plan.pending) {
    for (const part of lines) inFiles.set(part.life, (inFiles.get(part.life) ?? 0) + part.lines);
  }
  let missing = 0;
  for (const [life, waiting] of accounts.waiting()) {
    const lines = waiting - (inFiles.get(life) ?? 0);
    if (lines <= 0) continue;
    missing += lines;
    accounts.lost(life, "spool_corrupt", lines);
  }
  const waiting = accounts.waiting();
  for (const [life, lines] of inFiles) {
    // More than was counted as read, for example beside a checkpoint out of a backup.
    const extra = lines - (waiting.get(life) ?? 0);
    if (extra > 0) accounts.replayed(life, { lines: extra, dropped: {}, unknownGaps: 0 });
  }
  return missing;
}

async function setAsideTorn(
  folder: JournalFolder,
  file: Recovery["setAside"][number],
  log: (text: string) => void,
): Promise<void> {
  const isKept = await folder.setAside(file.name);
  const place = isKept ? "it is kept in corrupt/" : "it stays where it is";
  log(
    `journal "${folder.path}": "${file.name}" cannot be read: ${file.message}; ${describeLoss(file.facts)}; ${place}`,
  );
}

function describeLoss(facts: BatchFacts | undefined): string {
  if (!facts) return "what it held is not known; sources are read again from before it";
  const lines = facts.lines.reduce((sum, part) => sum + part.lines, 0);
  const lives = facts.lines.map(({ life }) => `"${life}"`).join(", ");
  return `it held ${facts.records} records, ${lines} lines of ${lives === "" ? "no life" : lives}; sources are read again from before it where they can`;
}
