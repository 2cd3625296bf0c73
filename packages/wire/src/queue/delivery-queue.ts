import { SIGNALS, type Signal } from "../batch.ts";
import type { SpoolFile } from "../spool/spool.ts";
import type { Entry } from "./entry.ts";

/** How much waits in one place. `bytes` are body bytes in memory, file blocks on disk. */
export interface Load {
  readonly bytes: number;
  readonly records: number;
  readonly batches: number;
}

/** One first-in-first-out queue per signal, with running totals of what is in memory and on disk. */
export interface DeliveryQueue {
  push(entry: Entry): void;
  /** Puts older batches before all others; `entries` come oldest first. */
  prepend(entries: readonly Entry[]): void;
  first(signal: Signal): Entry | undefined;
  has(entry: Entry): boolean;
  /** False if it was not there any more. */
  remove(entry: Entry): boolean;
  /** The body is on disk from now on, and its memory is free. */
  moveToDisk(entry: Entry, file: SpoolFile): void;
  /** Entries whose body is in memory only, oldest first. */
  inMemory(): Iterable<Entry>;
  onDisk(): Iterable<Entry>;
  memoryLoad(): Load;
  diskLoad(): Load;
  /** Records not settled yet, of batches up to this sequence number. */
  pendingRecords(throughSequence: number): number;
  hasPending(throughSequence: number): boolean;
  /** Whether a batch up to this sequence number has its body in memory only. */
  hasInMemory(throughSequence: number): boolean;
  /** Signals with batches up to this sequence number. */
  pendingSignals(throughSequence: number): readonly Signal[];
}

interface Place {
  readonly entries: Set<Entry>;
  bytes: number;
  records: number;
}

export function createDeliveryQueue(): DeliveryQueue {
  const bySignal: Record<Signal, Set<Entry>> = {
    logs: new Set(),
    metrics: new Set(),
    traces: new Set(),
  };
  const memory: Place = { entries: new Set(), bytes: 0, records: 0 };
  const disk: Place = { entries: new Set(), bytes: 0, records: 0 };

  const placeOf = (entry: Entry): Place => (entry.file === undefined ? memory : disk);

  function first(signal: Signal): Entry | undefined {
    return bySignal[signal].values().next().value;
  }

  function pendingSignals(throughSequence: number): readonly Signal[] {
    return SIGNALS.filter((signal) => (first(signal)?.sequence ?? Infinity) <= throughSequence);
  }

  return {
    push(entry) {
      bySignal[entry.signal].add(entry);
      addTo(placeOf(entry), entry);
    },
    prepend(entries) {
      for (const signal of SIGNALS) {
        const older = entries.filter((entry) => entry.signal === signal);
        if (older.length > 0) bySignal[signal] = new Set([...older, ...bySignal[signal]]);
      }
      for (const entry of entries) addTo(placeOf(entry), entry);
    },
    first,
    has: (entry) => bySignal[entry.signal].has(entry),
    remove(entry) {
      if (!bySignal[entry.signal].delete(entry)) return false;
      takeFrom(placeOf(entry), entry);
      return true;
    },
    moveToDisk(entry, file) {
      takeFrom(memory, entry);
      entry.file = file;
      entry.body = undefined;
      addTo(disk, entry);
    },
    inMemory: () => memory.entries,
    onDisk: () => disk.entries,
    memoryLoad: () => toLoad(memory),
    diskLoad: () => toLoad(disk),
    pendingRecords(throughSequence) {
      let records = 0;
      for (const signal of SIGNALS) {
        for (const entry of bySignal[signal]) {
          if (entry.sequence > throughSequence) break;
          records += entry.records;
        }
      }
      return records;
    },
    hasPending: (throughSequence) => pendingSignals(throughSequence).length > 0,
    pendingSignals,
    hasInMemory: (throughSequence) =>
      (memory.entries.values().next().value?.sequence ?? Infinity) <= throughSequence,
  };
}

const placeBytes = (entry: Entry): number => entry.file?.diskBytes ?? entry.bodyBytes;

function addTo(place: Place, entry: Entry): void {
  place.entries.add(entry);
  place.bytes += placeBytes(entry);
  place.records += entry.records;
}

function takeFrom(place: Place, entry: Entry): void {
  place.entries.delete(entry);
  place.bytes -= placeBytes(entry);
  place.records -= entry.records;
}

const toLoad = (place: Place): Load => ({
  bytes: place.bytes,
  records: place.records,
  batches: place.entries.size,
});
