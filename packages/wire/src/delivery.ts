import type { DropReason } from "@sightline/core";
import {
  type Batch,
  type BatchFate,
  type OnSettled,
  type OnSpooled,
  SIGNALS,
  type Signal,
} from "./batch.ts";
import { type DeliveryOptions, type ResolvedOptions, resolveOptions } from "./delivery-options.ts";
import { createFlushWaiters, type FlushResult } from "./flush-waiters.ts";
import { createFlusher } from "./flusher.ts";
import { createHttpTransport } from "./http/http-transport.ts";
import { createSecretScrubber } from "./http/secret-scrubber.ts";
import { createLane, type Lane } from "./lane.ts";
import { callHost, createLedger, type LedgerFigures } from "./ledger.ts";
import { createDeliveryQueue, type Load } from "./queue/delivery-queue.ts";
import { createEntry, type Entry } from "./queue/entry.ts";
import { planEviction } from "./queue/eviction.ts";
import type { Transport } from "./seams.ts";
import { createSpoolStage, type SpoolStage } from "./spool/spool-stage.ts";

export interface SpoolFigures extends Load {
  /** False from a failed write to the disk until the next good one. */
  readonly isAvailable: boolean;
  readonly writeFailures: number;
}

export interface DeliveryStats extends LedgerFigures {
  readonly memory: Load;
  /** Undefined where no spool is configured. */
  readonly spool: SpoolFigures | undefined;
  /** Signals whose last attempt did not reach a working receiver. */
  readonly failingSignals: readonly Signal[];
}

export interface Delivery {
  /**
   * Takes a batch. Never throws and never blocks; what finds no room is dropped and counted.
   *
   * @param onSettled called exactly once, when the batch is acknowledged or dropped, perhaps before
   *   this call returns. Not by this process if the batch is still in the spool when it ends.
   * @param onSpooled called at most once, before `onSettled`, when the batch is safe on disk: an
   *   earlier copy of it is not needed any more.
   */
  enqueue(batch: Batch, onSettled?: OnSettled, onSpooled?: OnSpooled): void;
  /** Waits for all that was enqueued before this call. Never rejects. */
  flush(timeoutMillis: number): Promise<FlushResult>;
  /**
   * For a process that is about to end: the same, but where the receiver does not take a signal
   * now, its batches on disk are enough. Without a spool it is a flush. Never rejects.
   */
  flushOrSpool(timeoutMillis: number): Promise<FlushResult>;
  /**
   * Flushes or spools, then ends. What is left goes to the spool, for the next process; without one it is
   * dropped and counted as `shutdown_timeout`. A second call answers what the first one does.
   */
  shutdown(timeoutMillis: number): Promise<FlushResult>;
  /** For `process.on("exit")`: writes what is only in memory to the spool, if there is one. */
  saveSync(): void;
  stats(): DeliveryStats;
  /** Counts records that were lost before they became a batch. */
  countDropped(signal: Signal, reason: DropReason, records: number): void;
}

/** Part of a shutdown's time kept back for writing the spool. */
const SAVE_SHARE_RATIO = 0.25;
const MAX_SAVE_MILLIS = 500;
/**
 * Delivers OTLP batches at least once while there is room. A batch leaves memory or disk only when
 * the receiver acknowledged it, or when it is dropped and counted. The whole machine is put
 * together here: queue, one lane per signal, transport, and the spool where one is configured.
 *
 * @throws RangeError if an option is wrong; nothing here throws later.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const resolved = resolveOptions(options);
  const { clock } = resolved;
  const transport = options.transport ?? createDefaultTransport(resolved);
  const queue = createDeliveryQueue();
  const waiters = createFlushWaiters(queue, clock);
  const ledger = createLedger({
    onDrop: options.onDrop,
    onAcknowledged: options.onAcknowledged,
    now: () => clock.now(),
  });
  const spool: SpoolStage | undefined =
    resolved.spool &&
    createSpoolStage({
      ...resolved.spool,
      maxMemoryBytes: resolved.maxMemoryBytes,
      queue,
      ledger,
      clock,
      isFailing: (signal) => lanes[signal].isFailing(),
      drop: dropEntry,
      onAdopted: wakeAll,
      onWritten(entry) {
        callHost(entry.onSpooled, undefined);
        waiters.check();
      },
    });
  const lanes: Record<Signal, Lane> = {
    logs: createSignalLane("logs"),
    metrics: createSignalLane("metrics"),
    traces: createSignalLane("traces"),
  };
  const flusher = createFlusher({ queue, lanes, waiters, clock, hasSpool: spool !== undefined });
  let lastSequence = 0;
  let ending: Promise<FlushResult> | undefined;

  function createSignalLane(signal: Signal): Lane {
    return createLane({
      ...resolved,
      signal,
      queue,
      transport,
      load: async (entry) =>
        entry.body ? { status: "read", body: entry.body } : loadFromSpool(entry, spool),
      onSuccess(entry, outcome) {
        if (!settle(entry)) return;
        const rejected = Math.min(outcome.rejectedRecords, entry.records);
        ledger.acknowledge(signal, entry.records - rejected);
        ledger.drop(signal, "partially_rejected", rejected);
        if (outcome.unreadable) ledger.countUnreadable();
        if (outcome.message !== undefined) {
          const cause = outcome.unreadable ? "unreadable" : "rejected";
          ledger.fail({ signal, source: "receiver", cause, text: outcome.message });
        }
        tell(entry, acknowledgedFate(rejected, outcome.message));
      },
      onRefused(entry, batch, message) {
        spool?.quarantine(batch, entry.sequence, message);
        dropEntry(entry, "rejected", message);
        ledger.fail({ signal, source: "receiver", cause: "rejected", text: message });
      },
      onRetry({ cause, message }) {
        ledger.fail({ signal, source: "receiver", cause, text: message });
        spool?.notice();
        waiters.check();
      },
      onCorrupt(entry, message) {
        dropEntry(entry, "spool_corrupt", message, "setAside");
        ledger.fail({ signal, source: "spool", cause: "spool", text: message });
      },
    });
  }

  /** Takes an entry out of the machine. False if it was out already, so that it counts once. */
  function settle(entry: Entry, file: "remove" | "setAside" = "remove"): boolean {
    if (!queue.remove(entry)) return false;
    if (entry.file) spool?.[file](entry.file);
    waiters.check();
    return true;
  }

  function dropEntry(
    entry: Entry,
    reason: DropReason,
    message?: string,
    file: "remove" | "setAside" = "remove",
  ): void {
    if (!settle(entry, file)) return;
    ledger.drop(entry.signal, reason, entry.records);
    tell(entry, droppedFate(reason, message));
  }

  function keepMemoryBounded(): void {
    const excessBytes = queue.memoryLoad().bytes - resolved.maxMemoryBytes;
    if (excessBytes <= 0) return;
    const candidates = [...queue.inMemory()].filter((entry) => !entry.isInFlight);
    const reason = spool?.figures().isAvailable === false ? "spool_unavailable" : "queue_full";
    const victims = planEviction(candidates, excessBytes, (entry) => entry.bodyBytes);
    for (const victim of victims) dropEntry(victim, reason);
  }

  function wakeAll(): void {
    for (const signal of SIGNALS) lanes[signal].wake();
  }

  async function end(timeoutMillis: number): Promise<FlushResult> {
    const saveMillis = spool ? Math.min(MAX_SAVE_MILLIS, timeoutMillis * SAVE_SHARE_RATIO) : 0;
    const result = await flusher.flushOrSpool(lastSequence, timeoutMillis - saveMillis);
    for (const signal of SIGNALS) lanes[signal].stop();
    transport.shutdown();
    await spool?.end(saveMillis);
    const isAllSaved = spool !== undefined && !queue.hasInMemory(lastSequence);
    for (const entry of [...queue.inMemory()]) dropEntry(entry, "shutdown_timeout");
    return isAllSaved && result.status === "timeout" ? { ...result, status: "spooled" } : result;
  }

  spool?.start();

  return {
    enqueue(batch, onSettled, onSpooled) {
      if (ending) {
        ledger.drop(batch.signal, "shutdown_timeout", batch.records);
        callHost(onSettled, droppedFate("shutdown_timeout"));
        return;
      }
      lastSequence += 1;
      queue.push(createEntry(batch, lastSequence, clock.now(), onSettled, onSpooled));
      keepMemoryBounded();
      lanes[batch.signal].wake();
      spool?.notice();
    },
    flush: (timeoutMillis) => flusher.flush(lastSequence, timeoutMillis),
    flushOrSpool: (timeoutMillis) => flusher.flushOrSpool(lastSequence, timeoutMillis),
    shutdown(timeoutMillis) {
      ending ??= end(timeoutMillis);
      return ending;
    },
    saveSync: () => spool?.saveSync(),
    stats: () => ({
      ...ledger.read(),
      memory: queue.memoryLoad(),
      spool: spool && { ...queue.diskLoad(), ...spool.figures() },
      failingSignals: SIGNALS.filter((signal) => lanes[signal].isFailing()),
    }),
    countDropped: (signal, reason, records) => ledger.drop(signal, reason, records),
  };
}

function tell(entry: Entry, fate: BatchFate): void {
  callHost(entry.onSettled, fate);
}

function acknowledgedFate(rejectedRecords: number, message: string | undefined): BatchFate {
  const fate = { status: "acknowledged", rejectedRecords } as const;
  return message === undefined ? fate : { ...fate, message };
}

function droppedFate(reason: DropReason, message?: string): BatchFate {
  return message === undefined
    ? { status: "dropped", reason }
    : { status: "dropped", reason, message };
}

function createDefaultTransport(resolved: ResolvedOptions): Transport {
  const scrub = createSecretScrubber(resolved.headers, Object.values(resolved.urls));
  return createHttpTransport({ ...resolved, scrub });
}

async function loadFromSpool(entry: Entry, spool: SpoolStage | undefined) {
  if (!spool || !entry.file) return { status: "corrupt", message: "no body" } as const;
  return spool.read(entry.file);
}
