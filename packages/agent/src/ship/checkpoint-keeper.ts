import type { Cancel, Clock } from "@sightline/wire";
import type { Checkpoint, SettledFile } from "./checkpoint.ts";
import type { JournalFolder } from "./journal-folder.ts";

export interface CheckpointKeeperOptions {
  readonly folder: JournalFolder;
  readonly clock: Clock;
  /** The shortest time between two writes of a small checkpoint. */
  readonly intervalMillis: number;
  /** Room is short: files must go soon. */
  isPressed(): boolean;
  /** All that is safe at this moment, save the settled files. */
  snapshot(): Omit<Checkpoint, "settled">;
  /** The file is gone from the journal. */
  onRemoved(file: SettledFile): void;
  onHealth(error: string | undefined): void;
}

/** Writes the checkpoint now and then, and deletes journal files that one covers. */
export interface CheckpointKeeper {
  /** Something in it is new. */
  touch(): void;
  settled(file: SettledFile): void;
  /** Writes it now. Never rejects. */
  save(): Promise<void>;
  stop(): void;
}

const BYTES_PER_INTERVAL = 64 * 1024;
const MAX_FACTOR = 10;

export function createCheckpointKeeper(options: CheckpointKeeperOptions): CheckpointKeeper {
  const { folder, clock } = options;
  const settled = new Map<number, SettledFile>();
  let cancelTimer: Cancel | undefined;
  let saving: Promise<void> | undefined;
  let isDirty = false;
  let lastBytes = 0;
  let isStopped = false;

  function touch(): void {
    isDirty = true;
    if (isStopped || saving) return;
    cancelTimer ??= clock.after(delayMillis(), () => {
      cancelTimer = undefined;
      void save();
    });
  }

  /** Two thousand lives are half a megabyte, which a small disk should not write every second. */
  function delayMillis(): number {
    const factor = options.isPressed() ? 1 : Math.min(MAX_FACTOR, lastBytes / BYTES_PER_INTERVAL);
    return options.intervalMillis * Math.max(1, factor);
  }

  async function save(): Promise<void> {
    await saving;
    cancelTimer?.();
    cancelTimer = undefined;
    saving = write();
    await saving;
    saving = undefined;
    if (isDirty) touch();
  }

  async function write(): Promise<void> {
    isDirty = false;
    const covered = [...settled.values()];
    try {
      lastBytes = await folder.writeCheckpoint({ ...options.snapshot(), settled: covered });
      for (const file of covered) await removeCovered(file);
      options.onHealth(undefined);
    } catch (error) {
      isDirty = true;
      options.onHealth(error instanceof Error ? error.message : String(error));
    }
  }

  async function removeCovered(file: SettledFile): Promise<void> {
    if (file.refusal === undefined) await folder.remove(file.sequence);
    else await folder.quarantine(file.sequence, file.refusal);
    settled.delete(file.sequence);
    options.onRemoved(file);
  }

  return {
    touch,
    settled(file) {
      settled.set(file.sequence, file);
      touch();
    },
    save,
    stop() {
      isStopped = true;
      cancelTimer?.();
    },
  };
}
