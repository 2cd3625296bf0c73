import { parseDebugId } from "../debug-id.ts";
import { type FrameResolution, type RawFrame, unresolved } from "./frame.ts";
import { DEFAULT_CACHE_BYTES } from "./map-folder.ts";
import { createMapSuspects } from "./map-suspects.ts";
import { type ResolverThread, startThread } from "./resolver-thread.ts";
import type { UnresolvedReason } from "./unresolved-reasons.ts";
import type { WorkerMessage } from "./worker-messages.ts";

export interface StackResolver {
  /**
   * Resolves the frames of one stack, innermost first, with the maps of one app alone. Never rejects,
   * downloads nothing, and answers within its time limit.
   */
  resolve(service: string, frames: readonly RawFrame[]): Promise<readonly FrameResolution[]>;
  close(): Promise<void>;
}

export interface StackResolverOptions {
  /** `<mapsFolder>/<service>/<debugId>.map`. */
  readonly mapsFolder: string;
  /** Memory of maps that are kept ready. Default 48 MiB. */
  readonly maxCacheBytes?: number;
  /** Of one stack, with its wait for those before it. Default 2,000. */
  readonly timeoutMillis?: number;
  /**
   * Heap of the thread, beside the maps that are kept ready. Default 320 MiB: text and tree of the
   * largest map that is read.
   */
  readonly maxHeapBytes?: number;
}

interface Job {
  readonly id: number;
  readonly service: string;
  readonly frames: readonly RawFrame[];
  readonly answer: (resolutions: readonly FrameResolution[]) => void;
  readonly timer: NodeJS.Timeout;
  /** The map that the thread read last for it. */
  loading: { readonly service: string; readonly debugId: string } | undefined;
  /** Of each frame, why its map was not tried. */
  skipped: readonly (UnresolvedReason | undefined)[];
}

const DEFAULT_TIMEOUT_MILLIS = 2_000;
const DEFAULT_HEAP_BYTES = 335_544_320;

/**
 * Resolves stacks in a thread of its own: a map that takes too long or too much memory ends that
 * thread and nothing else, and the next stack gets a new one.
 */
export function createStackResolver(options: StackResolverOptions): StackResolver {
  const { mapsFolder, maxCacheBytes = DEFAULT_CACHE_BYTES } = options;
  const maxHeapBytes = options.maxHeapBytes ?? DEFAULT_HEAP_BYTES;
  const timeoutMillis = options.timeoutMillis ?? DEFAULT_TIMEOUT_MILLIS;
  const suspects = createMapSuspects();
  const waiting = new Set<Job>();
  let current: Job | undefined;
  let thread: ResolverThread | undefined;
  let isReady = false;
  let isClosed = false;
  let lastId = 0;

  function next(): void {
    if (current !== undefined) return;
    const [job] = waiting;
    if (job === undefined) {
      thread?.setBusy(false);
      return;
    }
    waiting.delete(job);
    current = job;
    try {
      if (thread === undefined) {
        isReady = false;
        thread = startThread({ mapsFolder, maxCacheBytes }, maxHeapBytes, { onMessage, onEnd });
      }
      thread.setBusy(true);
      job.skipped = suspects.reasons(job.service, job.frames);
      const frames = job.frames.map((frame, index) => (job.skipped[index] ? {} : frame));
      thread.send({ id: job.id, service: job.service, frames });
    } catch {
      finish(job, "resolver_failed");
    }
  }

  function onMessage(message: WorkerMessage): void {
    if (message.kind === "ready") isReady = true;
    else if (current === undefined) return;
    else if (message.kind === "loading") current.loading = message;
    // The answer to a stack that could not wait for it is nobody's any more.
    else if (message.id === current.id) finish(current, message.resolutions);
  }

  function onEnd(why: "out_of_memory" | "failed"): void {
    thread = undefined;
    if (current === undefined) return;
    finish(current, why === "failed" ? "resolver_failed" : why);
  }

  function onTimeout(job: Job): void {
    // A thread that is still starting on a slow machine is not stuck: ended, it would never start.
    if (job === current && isReady) {
      const stuck = thread;
      thread = undefined;
      stuck?.stop().catch(() => {});
    }
    finish(job, "timed_out");
  }

  function finish(job: Job, outcome: readonly FrameResolution[] | UnresolvedReason): void {
    clearTimeout(job.timer);
    waiting.delete(job);
    if (typeof outcome === "string" && job.loading !== undefined) {
      suspects.add(job.loading.service, job.loading.debugId, outcome);
    }
    const isCurrent = job === current;
    if (isCurrent) current = undefined;
    job.answer(
      typeof outcome === "string"
        ? job.frames.map((frame) => unresolved(reasonOf(frame, outcome)))
        : outcome.map((resolution, index) => {
            const reason = job.skipped[index];
            return reason === undefined ? resolution : unresolved(reason);
          }),
    );
    if (isCurrent) next();
  }

  return {
    resolve(service, frames) {
      if (frames.length === 0) return Promise.resolve([]);
      if (isClosed) return Promise.resolve(frames.map(() => unresolved("resolver_failed")));
      return new Promise((answer) => {
        lastId += 1;
        const job: Job = {
          id: lastId,
          service,
          frames: frames.map(plainFrame),
          answer,
          timer: setTimeout(() => onTimeout(job), timeoutMillis),
          loading: undefined,
          skipped: [],
        };
        waiting.add(job);
        next();
      });
    },
    async close() {
      isClosed = true;
      const ending = thread;
      thread = undefined;
      const jobs = [...waiting];
      waiting.clear();
      if (current !== undefined) jobs.unshift(current);
      for (const job of jobs) finish(job, "resolver_failed");
      await ending?.stop();
    },
  };
}

/** What a thread takes: a frame may carry more than its type says, and not everything can be copied. */
function plainFrame({ line, column, debugId }: RawFrame): RawFrame {
  return {
    ...(typeof line === "number" && { line }),
    ...(typeof column === "number" && { column }),
    ...(typeof debugId === "string" && { debugId }),
  };
}

/** A frame that no map could have helped keeps its own reason. */
function reasonOf({ debugId }: RawFrame, reason: UnresolvedReason): UnresolvedReason {
  if (debugId === undefined || debugId === "") return "no_debug_id";
  return parseDebugId(debugId) === undefined ? "bad_debug_id" : reason;
}
