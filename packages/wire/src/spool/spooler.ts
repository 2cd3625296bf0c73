import type { Batch, Signal } from "../batch.ts";
import type { Ledger } from "../ledger.ts";
import type { DeliveryQueue } from "../queue/delivery-queue.ts";
import type { Entry } from "../queue/entry.ts";
import { planEviction } from "../queue/eviction.ts";
import type { Cancel, Clock } from "../seams.ts";
import type { Spool, SpoolFile } from "./spool.ts";

/**
 * A receiver that works answers sooner, so nothing is written on good days. Until a batch is this
 * old it is lost if the process is killed during the first moments of an outage.
 */
const SPOOL_AFTER_MILLIS = 250;
/** A disk that could not be written is asked again after this. */
const RETRY_DISK_MILLIS = 5_000;
/** Above this part of the memory's limit the disk takes over, before anything must be dropped. */
const MEMORY_HIGH_WATER_RATIO = 0.5;
/** Evicting scans all files, so a full spool frees a slice at a time. */
const EVICTION_SLICE_RATIO = 1 / 64;

export interface SpoolerOptions {
  readonly spool: Spool;
  readonly queue: DeliveryQueue;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly maxMemoryBytes: number;
  isFailing(signal: Signal): boolean;
  /** Takes an entry out of the queue for good and deletes its file. */
  drop(entry: Entry, reason: "spool_full"): void;
  /** A body went from memory to disk. */
  onWritten(entry: Entry): void;
}

/** Decides which batches go from memory to disk, and when. One write at a time. */
export interface Spooler {
  /** Something changed: a batch came, an attempt failed. */
  notice(): void;
  /** Writes all there is, at once. True if nothing is left in memory. */
  saveAllSync(): boolean;
  /** Resolves when the write under way, if there is one, has ended. */
  idle(): Promise<void>;
  /** False from a failed write until the next good one. */
  isAvailable(): boolean;
  writeFailures(): number;
  stop(): void;
}

export function createSpooler(options: SpoolerOptions): Spooler {
  const { spool, queue, clock } = options;
  const highWaterBytes = options.maxMemoryBytes * MEMORY_HIGH_WATER_RATIO;
  let writing: Promise<void> | undefined;
  let isStopped = false;
  let failures = 0;
  let isDiskWorking = true;
  let blockedUntilMillis = 0;
  let cancelTimer: Cancel | undefined;

  function isDue(entry: Entry): boolean {
    const ageMillis = clock.now() - entry.enqueuedUnixMillis;
    // Below 0 the system's clock was set back, and the age is unknown.
    const isOld = ageMillis >= SPOOL_AFTER_MILLIS || ageMillis < 0;
    return isOld || options.isFailing(entry.signal) || queue.memoryLoad().bytes > highWaterBytes;
  }

  function nextDue(): Entry | undefined {
    for (const entry of queue.inMemory()) {
      // One that is larger than the whole spool would empty it and still not fit.
      if (entry.bodyBytes <= options.maxBytes && isDue(entry)) return entry;
    }
    return undefined;
  }

  async function writeDue(): Promise<void> {
    for (let entry = nextDue(); entry && !isStopped && !isBlocked(); entry = nextDue()) {
      await writeOne(entry);
    }
  }

  async function writeOne(entry: Entry): Promise<void> {
    const batch = toBatch(entry);
    if (!batch) return;
    if (!makeRoom(entry)) {
      // The room is taken by what is being sent: wait for that instead of asking in a loop.
      if (queue.has(entry)) blockedUntilMillis = clock.now() + SPOOL_AFTER_MILLIS;
      return;
    }
    try {
      const file = await spool.write(batch, entry.sequence);
      // Acknowledged, dropped or saved at exit while it was being written.
      if (!queue.has(entry) || entry.file) {
        if (entry.file?.path !== file.path) await spool.remove(file);
      } else settleOnDisk(entry, file);
      isDiskWorking = true;
    } catch (error) {
      noteFailure(error);
    }
  }

  function settleOnDisk(entry: Entry, file: SpoolFile): void {
    queue.moveToDisk(entry, file);
    options.onWritten(entry);
  }

  /** False if the entry itself is what had to go, or there is no room to be made now. */
  function makeRoom(entry: Entry): boolean {
    const missing = queue.diskLoad().bytes + entry.bodyBytes - options.maxBytes;
    if (missing <= 0) return true;
    const candidates = [...queue.onDisk()].filter((candidate) => !candidate.isInFlight);
    const toFree = missing + options.maxBytes * EVICTION_SLICE_RATIO;
    const victims = planEviction(
      entry.isInFlight ? candidates : [...candidates, entry],
      toFree,
      (candidate) => candidate.file?.diskBytes ?? candidate.bodyBytes,
    );
    for (const victim of victims) options.drop(victim, "spool_full");
    return queue.has(entry) && queue.diskLoad().bytes + entry.bodyBytes <= options.maxBytes;
  }

  function noteFailure(error: unknown): void {
    failures += 1;
    isDiskWorking = false;
    blockedUntilMillis = clock.now() + RETRY_DISK_MILLIS;
    const text = error instanceof Error ? error.message : String(error);
    options.ledger.fail({ signal: undefined, source: "spool", cause: "spool", text });
  }

  function isBlocked(): boolean {
    const leftMillis = blockedUntilMillis - clock.now();
    return leftMillis > 0 && leftMillis <= RETRY_DISK_MILLIS;
  }

  function arm(): void {
    if (cancelTimer || isStopped || queue.memoryLoad().batches === 0) return;
    const waitMillis = Math.max(SPOOL_AFTER_MILLIS, blockedUntilMillis - clock.now());
    cancelTimer = clock.after(waitMillis, () => {
      cancelTimer = undefined;
      notice();
    });
  }

  function notice(): void {
    if (writing || isStopped) return;
    if (isBlocked() || !nextDue()) {
      arm();
      return;
    }
    writing = writeDue().finally(() => {
      writing = undefined;
      arm();
    });
  }

  return {
    notice,
    saveAllSync() {
      for (const entry of [...queue.inMemory()]) {
        const batch = toBatch(entry);
        if (!batch || !makeRoom(entry)) continue;
        try {
          settleOnDisk(entry, spool.writeSync(batch, entry.sequence));
        } catch (error) {
          noteFailure(error);
          return false;
        }
      }
      return queue.memoryLoad().batches === 0;
    },
    idle: async () => writing,
    isAvailable: () => isDiskWorking,
    writeFailures: () => failures,
    stop() {
      isStopped = true;
      cancelTimer?.();
    },
  };
}

function toBatch(entry: Entry): Batch | undefined {
  const { signal, body, records, severityNumber, createdUnixMillis } = entry;
  return body && { signal, body, records, severityNumber, createdUnixMillis };
}
