import type { BatchFate, Cancel, Clock, Delivery } from "@sightline/wire";
import type { AccountLedger } from "../accounts/accounts.ts";
import { batchFileName, type FileFate } from "./batch-file.ts";
import type { SettledFile } from "./checkpoint.ts";
import { creditLines } from "./credit-lines.ts";
import type { JournalFolder } from "./journal-folder.ts";
import type { WrittenFile } from "./journal-writer.ts";
import type { JournaledFile } from "./journaled-file.ts";
import type { RareLog } from "./rare-log.ts";

export interface SenderOptions {
  readonly folder: JournalFolder;
  readonly delivery: Delivery;
  readonly accounts: AccountLedger;
  readonly clock: Clock;
  readonly log: RareLog;
  /** Counted on its lives by now; the file is still there. */
  onSettled(settled: SettledFile): void;
}

export interface SenderFigures {
  readonly waitingRecords: number;
  readonly lastAcknowledgedUnixMillis: number | undefined;
  readonly refusedBatches: number;
  readonly corruptFiles: number;
}

/** Hands journaled batches to the delivery in order, a few at a time. */
export interface Sender {
  /** Of an earlier process, oldest first; bodies are on disk. */
  adopt(files: readonly JournaledFile[]): void;
  add(written: WrittenFile): void;
  /** Whether more waits than what is handed over. */
  hasBacklog(): boolean;
  isIdle(): boolean;
  /** Everything before it is settled. Infinity where nothing waits. */
  oldestPending(): number;
  /** Settles when nothing waits. */
  idle(): Promise<void>;
  figures(): SenderFigures;
  /** Fates that come later are not heard: their batches are sent again by the next process. */
  stop(): void;
}

/** A batch that is being sent, one to follow at once, and a little for a fast receiver. */
const WINDOW_BATCHES = 4;
const WINDOW_BYTES = 4 * 1024 * 1024;
const RETRY_MILLIS = 1_000;

interface Pending extends JournaledFile {
  body: Uint8Array | undefined;
  /** Its lines are counted as sent, which they are once. */
  wasSent: boolean;
}

export function createSender(options: SenderOptions): Sender {
  const { folder, delivery, accounts, clock } = options;
  /** In order of sequence. The first ones are handed over. */
  const pending = new Map<number, Pending>();
  const handed = new Set<Pending>();
  let queue: Pending[] = [];
  let idleWaiters: (() => void)[] = [];
  let waitingRecords = 0;
  let windowBytes = 0;
  let bodyBytes = 0;
  let isFilling = false;
  let isStopped = false;
  let cancelRetry: Cancel | undefined;
  let lastAcknowledgedUnixMillis: number | undefined;
  let refusedBatches = 0;
  let corruptFiles = 0;

  function push(file: JournaledFile, body: Uint8Array | undefined): void {
    const entry: Pending = { ...file, body, wasSent: false };
    if (body) bodyBytes += body.length;
    pending.set(file.sequence, entry);
    queue.push(entry);
    waitingRecords += file.records;
  }

  async function fill(): Promise<void> {
    if (isFilling || isStopped || cancelRetry) return;
    isFilling = true;
    try {
      for (let file = nextFile(); file && !isStopped; file = nextFile()) {
        const body = file.body ?? (await load(file));
        if (isStopped) return;
        // Not always the first by now: an earlier one may have come back meanwhile.
        queue.splice(queue.indexOf(file), 1);
        if (body) hand(file, body);
      }
    } catch (error) {
      options.log("unreadable", `journal: batch cannot be read now: ${(error as Error).message}`);
      retryLater();
    } finally {
      isFilling = false;
    }
  }

  function nextFile(): Pending | undefined {
    const [file] = queue;
    if (!file || cancelRetry || handed.size >= WINDOW_BATCHES) return undefined;
    const isRoom = handed.size === 0 || windowBytes + file.bodyBytes <= WINDOW_BYTES;
    return isRoom ? file : undefined;
  }

  /** Undefined where the file is broken: then it is settled. */
  async function load(file: Pending): Promise<Uint8Array | undefined> {
    const decoded = await folder.readBatch(file.sequence);
    if (decoded.status === "read") return decoded.body;
    if (isStopped) return undefined;
    corruptFiles += 1;
    const name = batchFileName(file.sequence);
    options.log(
      "corrupt",
      `journal: "${name}" cannot be read back: ${decoded.message}; its ${file.records} records are lost and counted, the file goes to corrupt/`,
    );
    await folder.setAside(name);
    for (const { life, lines } of file.lines) accounts.lost(life, "spool_corrupt", lines);
    settle(file, {});
    return undefined;
  }

  function hand(file: Pending, body: Uint8Array): void {
    forgetBody(file);
    if (file.records === 0) {
      settle(file, {});
      return;
    }
    handed.add(file);
    windowBytes += file.bodyBytes;
    if (!file.wasSent) for (const { life, lines } of file.lines) accounts.sent(life, lines);
    file.wasSent = true;
    const { records, severityNumber, createdUnixMillis } = file;
    const batch = { signal: "logs" as const, body, records, severityNumber, createdUnixMillis };
    delivery.enqueue(batch, (fate) => {
      if (!isStopped) hear(file, fate);
    });
  }

  function hear(file: Pending, fate: BatchFate): void {
    handed.delete(file);
    windowBytes -= file.bodyBytes;
    if (fate.status === "acknowledged") acknowledge(file, fate.rejectedRecords, fate.message);
    else if (fate.reason === "rejected") refuse(file, fate.message ?? "");
    // The delivery had no room or ended. The batch is in the journal: its turn comes again.
    else {
      queue = [file, ...queue].sort((a, b) => a.sequence - b.sequence);
      retryLater();
    }
    void fill();
  }

  function acknowledge(file: Pending, rejectedRecords: number, message: string | undefined): void {
    if (rejectedRecords > 0) {
      options.log(
        "partially refused",
        `the collector refused ${rejectedRecords} of ${file.records} records of a batch: ${message ?? "it gave no reason"}`,
      );
    }
    lastAcknowledgedUnixMillis = clock.now();
    settleAs(file, { kind: "sent", rejectedRecords }, {});
  }

  function refuse(file: Pending, message: string): void {
    refusedBatches += 1;
    options.log(
      "refused",
      `the collector refused a batch of ${file.records} records for good: ${message}; a copy is in quarantine/`,
    );
    settleAs(file, { kind: "refused" }, { refusal: message });
  }

  function settleAs(file: Pending, fate: FileFate, more: Pick<SettledFile, "refusal">): void {
    creditLines(accounts, file, fate);
    folder.mark(file.sequence, fate);
    settle(file, more);
  }

  function settle(file: Pending, more: Pick<SettledFile, "refusal">): void {
    pending.delete(file.sequence);
    waitingRecords -= file.records;
    options.onSettled({ sequence: file.sequence, ...more });
    if (pending.size > 0) return;
    for (const resolve of idleWaiters) resolve();
    idleWaiters = [];
  }

  function forgetBody(file: Pending): void {
    if (file.body) bodyBytes -= file.body.length;
    file.body = undefined;
  }

  function retryLater(): void {
    cancelRetry ??= clock.after(RETRY_MILLIS, () => {
      cancelRetry = undefined;
      void fill();
    });
  }

  return {
    adopt(files) {
      for (const file of files) push(file, undefined);
      void fill();
    },
    add({ file, body }) {
      const isRoom = windowBytes + bodyBytes + body.length <= WINDOW_BYTES || pending.size === 0;
      push(file, isRoom ? body : undefined);
      void fill();
    },
    hasBacklog: () => queue.length > WINDOW_BATCHES,
    isIdle: () => pending.size === 0,
    oldestPending: () => pending.keys().next().value ?? Number.POSITIVE_INFINITY,
    idle() {
      if (pending.size === 0) return Promise.resolve();
      return new Promise((resolve) => idleWaiters.push(resolve));
    },
    figures: () => ({ waitingRecords, lastAcknowledgedUnixMillis, refusedBatches, corruptFiles }),
    stop() {
      isStopped = true;
      cancelRetry?.();
    },
  };
}
