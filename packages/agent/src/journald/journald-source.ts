import type { Clock } from "@sightline/wire";
import type { SourceSink } from "../sources/source-sink.ts";
import type { JournalPosition } from "./journal-line.ts";
import { createUnitFollower } from "./unit-follower.ts";

export interface JournaldSourceOptions {
  /** `api.service`. */
  readonly units: readonly string[];
  /** The source key and the life are both `journald:<unit>`. */
  openSink(sourceKey: string, unit: string, life: string): SourceSink;
  readonly clock: Clock;
  /** For people: what cannot be read and how to mend it. */
  log(text: string): void;
  /** Folder of the journal files. Default: the machine's own journal. */
  readonly directory?: string;
  /** Default `journalctl`, as `PATH` finds it. */
  readonly program?: string;
}

export interface JournaldSource {
  /** Ends reading. What was not handed on is read again after a restart. */
  stop(): Promise<void>;
  stats(): JournaldSourceStats;
}

export interface JournaldSourceStats {
  readonly units: number;
  readonly runningUnits: number;
}

/**
 * Follows systemd units through journalctl: every entry once, in the order of the journal, over
 * restarts of the agent, of journalctl and of the machine. What systemd says about a unit ("Main
 * process exited") comes with it. Of a unit that is met for the first time the last 10,000 entries
 * are read. Where the journal was cut off before the place that was read last, there is a gap.
 */
export function createJournaldSource(options: JournaldSourceOptions): JournaldSource {
  const access = { program: options.program ?? "journalctl", directory: options.directory };
  const followers = options.units.map((unit) => {
    const key = `journald:${unit}`;
    return createUnitFollower({
      unit,
      sink: options.openSink(key, unit, key),
      access,
      clock: options.clock,
      newestPosition,
      log: options.log,
    });
  });

  /** A quiet unit's own place grows old, and its entry may go without any loss. */
  function newestPosition(): JournalPosition | undefined {
    return followers
      .map((follower) => follower.position())
      .filter((position) => position !== undefined)
      .sort((a, b) => b.time[0] - a.time[0] || b.time[1] - a.time[1])[0];
  }

  for (const follower of followers) follower.start();
  return {
    async stop() {
      await Promise.all(followers.map((follower) => follower.stop()));
    },
    stats: () => ({
      units: followers.length,
      runningUnits: followers.filter((follower) => follower.isRunning()).length,
    }),
  };
}
