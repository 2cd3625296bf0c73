import { DROP_REASONS } from "@sightline/core";
import type { Cancel, Clock, Delivery } from "@sightline/wire";
import type { AccountLedger } from "../accounts/accounts.ts";
import { createCheckpointKeeper } from "./checkpoint-keeper.ts";
import { createJournalFolder, describeRival } from "./journal-folder.ts";
import { createJournalWriter } from "./journal-writer.ts";
import { countLines, createBatchBuilder } from "./open-batch.ts";
import { createPositions } from "./positions.ts";
import { createRareLog, type RareLog } from "./rare-log.ts";
import { recoverJournal } from "./recover-journal.ts";
import { createRoom } from "./room.ts";
import { createSender } from "./sender.ts";
import type { Shipment, Shipper } from "./shipper.ts";

export interface ShipperOptions {
  /** Of this agent alone. Made if it is missing, with mode 0700. */
  readonly directory: string;
  /** Of the journal, in whole blocks. Past 75 % only urgent shipments have room, past 100 % none. */
  readonly maxBytes: number;
  /** Without a spool: the journal is one. It is not shut down here. */
  readonly delivery: Delivery;
  readonly accounts: AccountLedger;
  readonly clock: Clock;
  /** The longest an entry is in memory only. Default 250; eight times that while a backlog waits. */
  readonly batchMillis?: number;
  /** Of a batch, before compression. Default 512 KiB. */
  readonly batchBytes?: number;
  /** The shortest time between two checkpoints, up to ten times that where they are large. Default 1,000. */
  readonly checkpointMillis?: number;
  /** Says what an operator should know. No secret, no line of a log. */
  log(text: string): void;
}

export type OpenedShipper =
  | {
      readonly status: "open";
      readonly shipper: Shipper;
      /** False where records that an earlier process had put into the journal may be lost. */
      readonly isWhole: boolean;
    }
  /** Another agent works in the folder. The message says which, and what to do. */
  | { readonly status: "taken"; readonly message: string };

const BATCH_MILLIS = 250;
const BATCH_BYTES = 512 * 1024;
const CHECKPOINT_MILLIS = 1_000;
/** An outage of hours must not become a million files of a few lines. */
const BACKLOG_FACTOR = 8;
const BUFFER_BYTES = 8 * 1024 * 1024;
/** Callers stop at a closed room; what comes all the same is bounded by this. */
const MAX_BUFFER_BYTES = 4 * BUFFER_BYTES;
const URGENT_SHARE_RATIO = 0.25;
/** With a collector that is away, there is no point in waiting longer: the journal has it all. */
const AWAY_PATIENCE_MILLIS = 1_000;

/**
 * Opens the journal, goes on with what an earlier process left in it, and takes shipments. A folder
 * that cannot be written is no error: it is said, tried again, and nothing is read on meanwhile.
 */
export async function openShipper(options: ShipperOptions): Promise<OpenedShipper> {
  const { accounts, clock, delivery, log, maxBytes } = options;
  const batchMillis = options.batchMillis ?? BATCH_MILLIS;
  const batchBytes = options.batchBytes ?? BATCH_BYTES;
  const folder = createJournalFolder(options.directory);
  const claimed = await folder.claim();
  if (claimed.status === "taken") {
    return { status: "taken", message: describeRival(options.directory, claimed.pid) };
  }

  const recovered = await recoverJournal(folder, accounts, clock, log);
  const positions = createPositions(recovered.sources);
  const builder = createBatchBuilder();
  const rareLog = createRareLog(log, clock);
  const errors = new Map<"journal" | "checkpoint", string>();
  const room = createRoom(isFull);
  let journalBytes = recovered.journalBytes;
  const diskBytes = new Map(recovered.diskBytes);
  let cancelSeal: Cancel | undefined;
  let isSealUrgent = false;
  let isEnding = false;
  let isClosed = false;
  let ending: Promise<void> | undefined;

  const keeper = createCheckpointKeeper({
    folder,
    clock,
    intervalMillis: options.checkpointMillis ?? CHECKPOINT_MILLIS,
    isPressed: () => isFull(false),
    snapshot() {
      positions.prune(writer.writtenBatches(), sender.oldestPending());
      return {
        sequence: writer.lastSequence(),
        positions: positions.save(),
        accounts: accounts.save(),
      };
    },
    onRemoved({ sequence }) {
      journalBytes -= diskBytes.get(sequence) ?? 0;
      diskBytes.delete(sequence);
      room.check();
    },
    onHealth: (error) => noteHealth("checkpoint", error),
  });
  const sender = createSender({
    folder,
    delivery,
    accounts,
    clock,
    log: rareLog,
    onSettled: keeper.settled,
  });
  const writer = createJournalWriter({
    folder,
    positions,
    accounts,
    clock,
    lastSequence: recovered.lastSequence,
    log: rareLog,
    onWritten(files) {
      for (const { file } of files) {
        diskBytes.set(file.sequence, file.diskBytes);
        journalBytes += file.diskBytes;
      }
      for (const written of files) sender.add(written);
      keeper.touch();
      room.check();
    },
    onHealth: (error) => noteHealth("journal", error),
  });

  const bufferedBytes = (): number => builder.bytes() + writer.waitingBytes();

  function isFull(isUrgent: boolean): boolean {
    if (isEnding) return false;
    const limit = isUrgent ? maxBytes : maxBytes * (1 - URGENT_SHARE_RATIO);
    return errors.size > 0 || bufferedBytes() > BUFFER_BYTES || journalBytes > limit;
  }

  function noteHealth(part: "journal" | "checkpoint", error: string | undefined): void {
    if (isClosed) return;
    const wasFailing = errors.size > 0;
    if (error === undefined) errors.delete(part);
    else errors.set(part, error);
    const isFailing = errors.size > 0;
    if (isFailing && !wasFailing) {
      log(
        `journal "${options.directory}" cannot be written: ${error}; expected a folder with room that this user may write; lines wait with their sources until it can`,
      );
    }
    if (!isFailing && wasFailing) log(`journal "${options.directory}" is written again`);
    room.check();
  }

  function seal(): void {
    cancelSeal?.();
    cancelSeal = undefined;
    isSealUrgent = false;
    if (!builder.isEmpty()) writer.push(builder.take());
  }

  function planSeal(isUrgent: boolean): void {
    if (builder.bytes() >= batchBytes) {
      seal();
      return;
    }
    if (cancelSeal && (isSealUrgent || !isUrgent)) return;
    cancelSeal?.();
    isSealUrgent = isUrgent || !sender.hasBacklog();
    const delayMillis = isSealUrgent ? batchMillis : batchMillis * BACKLOG_FACTOR;
    cancelSeal = clock.after(delayMillis, sealInTime);
  }

  /** On a disk that fails, steps grow together here instead of piling up as small batches. */
  function sealInTime(): void {
    cancelSeal = undefined;
    if (errors.has("journal")) planSeal(false);
    else seal();
  }

  /** Nothing can be stored, and what waits for it fills the memory that is meant for it. */
  function isLost(shipment: Shipment): boolean {
    if (errors.size === 0) return false;
    return bufferedBytes() > (shipment.isUrgent ? BUFFER_BYTES : MAX_BUFFER_BYTES);
  }

  async function flush(): Promise<void> {
    seal();
    await writer.drained();
  }

  async function end(timeoutMillis: number): Promise<void> {
    const startMillis = clock.now();
    const isAway = delivery.stats().failingSignals.includes("logs");
    await within(flush(), timeoutMillis);
    isEnding = true;
    room.open();
    const leftMillis = Math.max(0, timeoutMillis - (clock.now() - startMillis));
    const patienceMillis = isAway ? Math.min(AWAY_PATIENCE_MILLIS, leftMillis) : leftMillis;
    // Hurries a delivery that pauses between two attempts.
    if (!sender.isIdle()) void delivery.flush(patienceMillis);
    await within(sender.idle(), patienceMillis);
    sender.stop();
    writer.stop();
    await keeper.save();
    keeper.stop();
    isClosed = true;
    await folder.release();
  }

  function within(promise: Promise<void>, timeoutMillis: number): Promise<void> {
    if (timeoutMillis <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(timeoutMillis, resolve, true);
      void promise.then(() => {
        cancel();
        resolve();
      });
    });
  }

  for (const file of recovered.settled) keeper.settled(file);
  // Now, and not with the first batch: from here on a missing checkpoint is a lost one.
  await keeper.save();
  sender.adopt(recovered.pending);

  const shipper: Shipper = {
    ship(shipment) {
      if (isEnding) return;
      const taken = isLost(shipment) ? withoutEntries(shipment, rareLog) : shipment;
      const { read } = taken;
      if (read) {
        positions.keep(read.source);
        accounts.read(read.life, taken.identity.service, {
          lines: countLines(taken.entries),
          dropped: read.dropped ?? {},
          unknownGaps: read.unknownGaps ?? 0,
        });
      }
      builder.add(taken);
      planSeal(taken.isUrgent === true);
    },
    room: room.wait,
    positionOf: positions.of,
    sources: positions.sources,
    forget(source) {
      positions.forget(source, writer.pushedBatches() + (builder.isEmpty() ? 0 : 1));
      keeper.touch();
    },
    flush,
    shutdown(timeoutMillis) {
      ending ??= end(timeoutMillis);
      return ending;
    },
    stats() {
      const { corruptFiles, waitingRecords, ...figures } = sender.figures();
      return {
        ...figures,
        journalBytes,
        waitingRecords: waitingRecords + writer.waitingRecords() + builder.records(),
        lastError: errors.get("journal") ?? errors.get("checkpoint") ?? deliveryError(delivery),
        corruptFiles: corruptFiles + recovered.corruptFiles,
      };
    },
  };
  return { status: "open", shipper, isWhole: recovered.isWhole };
}

function deliveryError(delivery: Delivery): string | undefined {
  const { failingSignals, lastError } = delivery.stats();
  return failingSignals.includes("logs") ? lastError?.text : undefined;
}

/** Its position moves on and its lines are counted, since nobody could read them a second time. */
function withoutEntries(shipment: Shipment, log: RareLog): Shipment {
  const lines = countLines(shipment.entries);
  const { read } = shipment;
  if (!read) {
    log(
      "unavailable",
      `${shipment.entries.length} records of "${shipment.identity.service}" are lost: ${DROP_REASONS.spool_unavailable}`,
    );
    return { ...shipment, entries: [] };
  }
  const unavailable = (read.dropped?.spool_unavailable ?? 0) + lines;
  const dropped = { ...read.dropped, spool_unavailable: unavailable };
  return { ...shipment, entries: [], read: { ...read, dropped } };
}
