import type { DropReason } from "@sightline/core";
import type { LogEntry } from "../lines/log-entry.ts";
import type { Identity } from "../sources/identity.ts";
import type { Position } from "../sources/line.ts";

/** Entries that go into the journal together with the position behind them, or not at all. */
export interface Shipment {
  readonly identity: Identity;
  readonly entries: readonly LogEntry[];
  /** Absent for what the agent itself says (crash, deploy and gap records). */
  readonly read?: {
    /** `docker:<container id>`, `file:<device>:<inode>`, `journald:<unit>`. */
    readonly source: string;
    readonly position: Position;
    /** Whose account the lines are on. */
    readonly life: string;
    /** Lines read since the last shipment of the source that are in no entry, by reason. */
    readonly dropped?: Readonly<Partial<Record<DropReason, number>>>;
    /** Stretches before this position of which nobody knows how many lines they held. */
    readonly unknownGaps?: number;
  };
  /** For a container that is dying: may use the part of the journal that is kept for these. */
  readonly isUrgent?: boolean;
}

/**
 * Carries entries to the collector. What it took is in memory for at most the batch time, then in
 * the journal on disk together with the positions; it leaves the journal when the collector has
 * acknowledged it. A restart goes on from the journal and sends the same bytes again.
 */
export interface Shipper {
  ship(shipment: Shipment): void;
  /** Undefined while there is room; else a promise that settles when there is. */
  room(isUrgent: boolean): Promise<void> | undefined;
  /** The last position that is safe in the journal or acknowledged. */
  positionOf(source: string): Position | undefined;
  /** All sources whose position is kept, for example to forget those that no longer exist. */
  sources(): readonly string[];
  /** The source is gone for good: its positions need not be kept once all of it is acknowledged. */
  forget(source: string): void;
  /** Writes everything to the journal; settles when it is there. */
  flush(): Promise<void>;
  /**
   * Flushes, gives the collector this long to take the rest, and ends. What is left stays in the
   * journal for the next start. A shipment that comes later is not taken, nor is its position.
   */
  shutdown(timeoutMillis: number): Promise<void>;
  stats(): ShipperStats;
}

export interface ShipperStats {
  readonly journalBytes: number;
  readonly waitingRecords: number;
  readonly lastAcknowledgedUnixMillis: number | undefined;
  /** Why it cannot be stored, or why the collector does not take it now; undefined while all is well. */
  readonly lastError: string | undefined;
  /** Batches the collector refused for good, since start; the newest 20 are in `quarantine/`. */
  readonly refusedBatches: number;
  /** Files of the journal that could not be read back, since start; the newest 20 are in `corrupt/`. */
  readonly corruptFiles: number;
}
