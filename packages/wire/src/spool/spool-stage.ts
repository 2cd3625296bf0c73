import type { DropReason } from "@sightline/core";
import type { Batch, Signal } from "../batch.ts";
import type { LoadResult } from "../lane.ts";
import type { Ledger } from "../ledger.ts";
import type { DeliveryQueue } from "../queue/delivery-queue.ts";
import type { Entry } from "../queue/entry.ts";
import { planEviction } from "../queue/eviction.ts";
import type { Cancel, Clock } from "../seams.ts";
import { createSpool, type SpoolFile } from "./spool.ts";
import { createSpooler } from "./spooler.ts";

/** A container's successor finds its predecessor's heartbeat still fresh, so one look is not enough. */
const ADOPT_EVERY_MILLIS = 10_000;

export interface SpoolStageOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly maxMemoryBytes: number;
  readonly queue: DeliveryQueue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  isFailing(signal: Signal): boolean;
  drop(entry: Entry, reason: DropReason): void;
  onAdopted(): void;
  /** A body went from memory to disk. */
  onWritten(entry: Entry): void;
}

/** All a delivery does with the disk. Nothing here throws or rejects. */
export interface SpoolStage {
  /** Begins to look for what dead processes left, now and every few seconds. */
  start(): void;
  notice(): void;
  read(file: SpoolFile): Promise<LoadResult>;
  /** The file is not needed any more. */
  remove(file: SpoolFile): void;
  /** The file is broken: keeps it apart, for a person to look at. */
  setAside(file: SpoolFile): void;
  quarantine(batch: Batch, sequence: number, reason: string): void;
  saveSync(): void;
  /** Writes what is left, waits for the disk at most this long, and gives up the folder. */
  end(timeoutMillis: number): Promise<void>;
  figures(): { readonly isAvailable: boolean; readonly writeFailures: number };
}

export function createSpoolStage(options: SpoolStageOptions): SpoolStage {
  const { queue, ledger, clock } = options;
  const spool = createSpool(options.directory, clock);
  const spooler = createSpooler({ ...options, spool });
  const background = new Set<Promise<void>>();
  let cancelAdoption: Cancel | undefined;
  let isEnded = false;

  function track(work: Promise<void>): void {
    background.add(work);
    void work.finally(() => background.delete(work));
  }

  async function adopt(): Promise<void> {
    const { batches, foreignFiles } = await spool.adopt();
    if (isEnded) return;
    queue.prepend(batches.map((batch) => ({ ...batch, ...ADOPTED })));
    // Nobody can say what was in a foreign file; logs are what a spool mostly holds.
    ledger.drop("logs", "spool_corrupt", foreignFiles);
    keepDiskBounded();
    if (batches.length > 0) options.onAdopted();
    cancelAdoption = clock.after(ADOPT_EVERY_MILLIS, () => track(adopt()));
  }

  function keepDiskBounded(): void {
    const excessBytes = queue.diskLoad().bytes - options.maxBytes;
    if (excessBytes <= 0) return;
    const candidates = [...queue.onDisk()].filter((entry) => !entry.isInFlight);
    const victims = planEviction(candidates, excessBytes, (entry) => entry.file?.diskBytes ?? 0);
    for (const victim of victims) options.drop(victim, "spool_full");
  }

  return {
    start: () => track(adopt()),
    notice: () => spooler.notice(),
    async read(file) {
      try {
        return await spool.read(file);
      } catch (error) {
        return { status: "unavailable", message: `cannot read the spool: ${String(error)}` };
      }
    },
    remove: (file) => track(spool.remove(file)),
    setAside: (file) => track(spool.setAside(file)),
    quarantine(batch, sequence, reason) {
      ledger.countQuarantined();
      track(spool.quarantine(batch, sequence, reason));
    },
    saveSync() {
      spooler.saveAllSync();
    },
    async end(timeoutMillis) {
      isEnded = true;
      cancelAdoption?.();
      await settleWithin(spooler.idle(), timeoutMillis, clock);
      spooler.stop();
      spooler.saveAllSync();
      await settleWithin(Promise.all(background), timeoutMillis, clock);
      spool.release();
    },
    figures: () => ({
      isAvailable: spooler.isAvailable(),
      writeFailures: spooler.writeFailures(),
    }),
  };
}

const ADOPTED = {
  sequence: 0,
  enqueuedUnixMillis: 0,
  body: undefined,
  faults: 0,
  isInFlight: false,
} as const;

function settleWithin(work: Promise<unknown>, timeoutMillis: number, clock: Clock): Promise<void> {
  if (timeoutMillis <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.after(timeoutMillis, resolve, true);
    void work.finally(() => {
      cancel();
      resolve();
    });
  });
}
