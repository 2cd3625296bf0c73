import type { Cancel, Clock } from "@sightline/wire";
import type { Checkpoint, SettledFile } from "./checkpoint.ts";
import type { JournalFolder } from "./journal-folder.ts";

export interface CheckpointKeeperOptions {
  readonly folder: JournalFolder;
  readonly clock: Clock;
  /** The shortest time between two writes. */
  readonly intervalMillis: number;
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

export function createCheckpointKeeper(options: CheckpointKeeperOptions): CheckpointKeeper {
  const { folder, clock } = options;
  const settled = new Map<number, SettledFile>();
  let cancelTimer: Cancel | undefined;
  let saving: Promise<void> | undefined;
  let isDirty = false;
  let isStopped = false;

  function touch(): void {
    isDirty = true;
    if (isStopped || saving) return;
    cancelTimer ??= clock.after(options.intervalMillis, () => {
      cancelTimer = undefined;
      void save();
    });
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
      await folder.writeCheckpoint({ ...options.snapshot(), settled: covered });
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
