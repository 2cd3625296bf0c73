import { Worker } from "node:worker_threads";
import type { ResolveRequest, WorkerMessage, WorkerSettings } from "./worker-messages.ts";

export type ThreadEnd = "out_of_memory" | "failed";

export interface ResolverThread {
  send(request: ResolveRequest): void;
  /** While nothing is asked of it, it does not keep the process. */
  setBusy(isBusy: boolean): void;
  stop(): Promise<void>;
}

export interface ThreadListener {
  onMessage(message: WorkerMessage): void;
  /** It ended by itself. Not called after `stop`. */
  onEnd(why: ThreadEnd): void;
}

/** A map costs a few large objects; young ones die before they need more. */
const MAX_YOUNG_MEGABYTES = 16;

/** Where sources are run as they are, the thread is a source, too. */
const ENTRY = new URL(
  import.meta.url.endsWith(".ts") ? "./resolver-worker.ts" : "./resolver-worker.js",
  import.meta.url,
);

/** @throws where the runtime refuses another thread */
export function startThread(
  settings: WorkerSettings,
  maxHeapBytes: number,
  listener: ThreadListener,
): ResolverThread {
  const worker = new Worker(ENTRY, {
    workerData: settings,
    name: "sightline-source-maps",
    // Options of the process (a debugger, a loader) are not for this thread, and secrets neither.
    execArgv: [],
    env: {},
    resourceLimits: {
      maxOldGenerationSizeMb: Math.ceil(maxHeapBytes / 1_048_576),
      maxYoungGenerationSizeMb: MAX_YOUNG_MEGABYTES,
    },
  });
  worker.unref();
  let isStopped = false;
  let hasEnded = false;

  function end(why: ThreadEnd): void {
    if (isStopped || hasEnded) return;
    hasEnded = true;
    listener.onEnd(why);
  }

  worker.on("message", (message: WorkerMessage) => {
    if (!isStopped) listener.onMessage(message);
  });
  worker.on("error", (error: NodeJS.ErrnoException) =>
    end(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "out_of_memory" : "failed"),
  );
  worker.on("exit", () => end("failed"));

  return {
    send: (request) => worker.postMessage(request),
    setBusy: (isBusy) => (isBusy ? worker.ref() : worker.unref()),
    async stop() {
      isStopped = true;
      await worker.terminate();
    },
  };
}
