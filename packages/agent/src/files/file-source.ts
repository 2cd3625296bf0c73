import type { Clock } from "@sightline/wire";
import type { Position } from "../sources/line.ts";
import type { SourceSink } from "../sources/source-sink.ts";
import { createFolderWatch } from "./folder-watch.ts";
import { createReadQueue } from "./read-queue.ts";

export interface FileSourceOptions {
  /** Absolute path or pattern. Compressed files (`.gz`, …) are left out. */
  readonly glob: string;
  /** Called once per content of a file: again, with a new `life`, when it was truncated. */
  openSink(sourceKey: string, path: string, life: string): SourceSink;
  /** What is saved under `file:<device>:<inode>`; see `Shipper.positionOf`. */
  positionOf(sourceKey: string): Position | undefined;
  /** Keys of all saved positions, also of other sources. Without it, files that vanished while the agent was down are not noticed. */
  knownSources?(): Iterable<string>;
  /** The file is deleted and read to its end. */
  forget?(sourceKey: string): void;
  readonly clock: Clock;
  /** For people: what cannot be read and how to mend it. Each thing is said once. */
  log(text: string): void;
  /** How often open files are looked at. Default 250. */
  readonly pollMillis?: number;
  /** How often new files are looked for. Default 2,000; longer where there are very many. */
  readonly discoverMillis?: number;
  /** Default 512. Beyond it, quiet files are closed and looked at with the search for new ones. */
  readonly maxOpenFiles?: number;
  /**
   * How much is read of a file that is there when the agent meets its folder for the first time.
   * Default 16 MiB. Every later file is read from its start.
   */
  readonly historyBytes?: number;
  /** How long a renamed or deleted file must stand still to count as ended. Default 30,000. */
  readonly rotateWaitMillis?: number;
  /** Shared by the sources of one agent: a file belongs to the first glob that found it. */
  readonly claims?: Map<string, string>;
}

export interface FileSource {
  /** Ends reading and closes all files. What was not handed on is read again after a restart. */
  stop(): Promise<void>;
  stats(): FileSourceStats;
}

export interface FileSourceStats {
  readonly followedFiles: number;
  readonly openFiles: number;
  readonly unreadBytes: number;
  /** Files whose sinks have no room. */
  readonly blockedFiles: number;
}

export type ResolvedFileSourceOptions = Required<
  Omit<FileSourceOptions, "knownSources" | "forget">
> &
  Pick<FileSourceOptions, "knownSources" | "forget">;

/** Looking for files costs at most this part of the time. */
const DISCOVER_SHARE = 1 / 20;

/**
 * Follows the files that a glob matches, through rotation by rename, by copy and truncate, and by
 * deletion, and over restarts of the agent: every line once.
 *
 * What it cannot know: lines that somebody truncated away before the next look when there was no
 * copy, and files that came and went between two looks. What it knows it lost is a gap.
 */
export function createFileSource(given: FileSourceOptions): FileSource {
  const options: ResolvedFileSourceOptions = {
    pollMillis: 250,
    discoverMillis: 2_000,
    maxOpenFiles: 512,
    historyBytes: 16_777_216,
    rotateWaitMillis: 30_000,
    claims: new Map(),
    ...given,
  };
  const { clock } = options;
  const queue = createReadQueue();
  const watch = createFolderWatch(options, queue);
  let isStopped = false;
  let nextDiscoverMillis = 0;
  let cancel = () => {};
  let running: Promise<void> = look();

  async function look(): Promise<void> {
    try {
      if (clock.now() >= nextDiscoverMillis || watch.wantsToDiscover()) await discover();
      if (!isStopped) await watch.poll();
    } catch (error) {
      options.log(`following "${options.glob}": ${String(error)}; it is tried again`);
    }
    if (isStopped) return;
    cancel = clock.after(options.pollMillis, () => {
      running = look();
    });
  }

  async function discover(): Promise<void> {
    const startedMillis = clock.now();
    await watch.discover();
    const tookMillis = clock.now() - startedMillis;
    nextDiscoverMillis =
      clock.now() + Math.max(options.discoverMillis, tookMillis / DISCOVER_SHARE);
  }

  return {
    async stop() {
      isStopped = true;
      cancel();
      watch.interrupt();
      await running;
      await queue.stop();
      await watch.close();
    },
    stats: () => ({ ...watch.figures(), blockedFiles: queue.blocked() }),
  };
}
