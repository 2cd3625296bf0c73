import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { formatBytes, type RingFacts, type RingSlot } from "@sightline/core";
import {
  type Cancel,
  type Clock,
  type LineJournal,
  OWNER_FILE,
  type OwnFolder,
} from "@sightline/wire";
import { createRingFile, type RingFile } from "./ring-file.ts";

export type LineRingOptions = {
  readonly folder: OwnFolder;
  /** Asked when the folder is there. */
  readonly facts: () => RingFacts;
  readonly maxBytes: number;
  readonly clock: Clock;
  /** Says something to the people who run the process, on one line. */
  readonly warn: (message: string) => void;
};

export type LineRingFigures = {
  /** Lines that are in the ring or were. */
  readonly keptLines: number;
  /** Lines that were written over before they were safe elsewhere. */
  readonly lappedLines: number;
  /** Lines that were too large for the ring. */
  readonly tooLargeLines: number;
  /** Lines that came while the ring could not be written. */
  readonly missedLines: number;
  readonly writeFailures: number;
  /** False from a failed write until the ring could be made anew. */
  readonly isAvailable: boolean;
};

/** A ring that outlives its disk: where it cannot be written, it is left out and tried again later. */
export interface LineRing {
  readonly journal: LineJournal;
  /** False for a value that is too large for its place. Never throws. */
  mark(slot: RingSlot, value: unknown): boolean;
  /** Looks whether the file is still there, and makes it anew where it is due. Once a second. */
  check(): void;
  lastNumber(): number;
  figures(): LineRingFigures;
  /** Writes nothing any more. The file stays where it has lines that nobody else has. */
  close(): void;
}

/** Not part of a name that stands for the file of a dead process: see `recover`. */
export const RING_FILE = "ring";

const RETRY_MILLIS = 60_000;
const WARN_AGAIN_MILLIS = 3_600_000;
/** Between two steps of taking the disk. */
const ALLOCATION_PAUSE_MILLIS = 20;

/** Opens the ring at once. Never throws, nor does anything of it. */
export function createLineRing(options: LineRingOptions): LineRing {
  const { folder, clock } = options;
  const path = join(folder.path, RING_FILE);
  let file: RingFile | undefined;
  let cancelAllocation: Cancel | undefined;
  let retryAtMillis = 0;
  let warnedAtMillis: number | undefined;
  let isClosed = false;
  let lastNumber = 0;
  let tooLargeLines = 0;
  let missedLines = 0;
  let writeFailures = 0;
  let lappedBefore = 0;

  function open(): void {
    try {
      folder.claim();
      const firstNumber = lastNumber + 1;
      file = createRingFile({ ...options, facts: options.facts(), path, firstNumber });
      allocateLater(file);
    } catch (error) {
      fail(error);
    }
  }

  function allocateLater(opened: RingFile): void {
    cancelAllocation = clock.after(ALLOCATION_PAUSE_MILLIS, () => {
      if (file !== opened) return;
      try {
        if (opened.allocateMore()) allocateLater(opened);
      } catch (error) {
        writeFailures += 1;
        say(`stays smaller than its ${formatBytes(options.maxBytes)}`, error);
      }
    });
  }

  function fail(error: unknown): void {
    writeFailures += 1;
    retryAtMillis = clock.now() + RETRY_MILLIS;
    drop("remove");
    forgetIfGone();
    say("cannot write and tries again every minute, lines are still sent", error);
  }

  /** Deleted from outside, it has to be claimed anew; what is still there is still ours. */
  function forgetIfGone(): void {
    if (!existsSync(join(folder.path, OWNER_FILE))) folder.forget();
  }

  function drop(what: "keep" | "remove"): void {
    cancelAllocation?.();
    const dropped = file;
    file = undefined;
    if (dropped === undefined) return;
    lappedBefore += dropped.figures().lappedLines;
    try {
      dropped.close();
      // Half a ring is no evidence, and its room may be what the disk is short of.
      if (what === "remove") rmSync(path, { force: true });
    } catch {
      // The next start finds it, or it is gone already.
    }
  }

  function say(what: string, error: unknown): void {
    const now = clock.now();
    if (warnedAtMillis !== undefined && Math.abs(now - warnedAtMillis) < WARN_AGAIN_MILLIS) return;
    warnedAtMillis = now;
    const reason = error instanceof Error ? error.message : String(error);
    options.warn(`the crash recorder in "${folder.path}" ${what}: ${reason}`);
  }

  open();

  return {
    journal: {
      append(record) {
        if (file === undefined) {
          missedLines += 1;
          return 0;
        }
        try {
          const number = file.append(record);
          if (number === 0) tooLargeLines += 1;
          else lastNumber = number;
          return number;
        } catch (error) {
          missedLines += 1;
          fail(error);
          return 0;
        }
      },
      settle(numbers) {
        try {
          file?.settle(numbers);
        } catch (error) {
          fail(error);
        }
      },
    },
    mark(slot, value) {
      try {
        return file?.writeSlot(slot, value) ?? true;
      } catch (error) {
        fail(error);
        return true;
      }
    },
    check() {
      if (isClosed) return;
      if (file === undefined) {
        const left = retryAtMillis - clock.now();
        if (left <= 0 || left > RETRY_MILLIS) open();
        return;
      }
      try {
        if (file.isLinked()) return;
        drop("keep");
        forgetIfGone();
        open();
      } catch (error) {
        fail(error);
      }
    },
    lastNumber: () => lastNumber,
    figures: () => ({
      keptLines: lastNumber,
      lappedLines: lappedBefore + (file?.figures().lappedLines ?? 0),
      tooLargeLines,
      missedLines,
      writeFailures,
      isAvailable: file !== undefined,
    }),
    close() {
      isClosed = true;
      const hasOpenLines = (file?.figures().openLines ?? 0) > 0;
      drop(hasOpenLines ? "keep" : "remove");
    },
  };
}
