import type { Clock } from "./seams.ts";

export type FlushResult =
  /** Nothing waits any more: each record was acknowledged, or dropped and counted. */
  | { readonly status: "flushed" }
  /** Time was up. These records still wait, in memory or in the spool. */
  | { readonly status: "timeout"; readonly pendingRecords: number };

export interface PendingSource {
  hasPending(throughSequence: number): boolean;
  pendingRecords(throughSequence: number): number;
}

/** Callers who wait until all that was enqueued before them is settled. */
export interface FlushWaiters {
  wait(throughSequence: number, timeoutMillis: number): Promise<FlushResult>;
  /** Something was settled. */
  check(): void;
}

export function createFlushWaiters(source: PendingSource, clock: Clock): FlushWaiters {
  const checks = new Set<() => void>();

  function timeout(throughSequence: number): FlushResult {
    return { status: "timeout", pendingRecords: source.pendingRecords(throughSequence) };
  }

  return {
    wait(throughSequence, timeoutMillis) {
      if (!source.hasPending(throughSequence)) return Promise.resolve({ status: "flushed" });
      if (timeoutMillis <= 0) return Promise.resolve(timeout(throughSequence));
      return new Promise((resolve) => {
        // The only timer that holds the process: somebody awaits this, and all sockets are unref'ed.
        const cancel = clock.after(
          timeoutMillis,
          () => {
            checks.delete(check);
            resolve(timeout(throughSequence));
          },
          true,
        );
        function check(): void {
          if (source.hasPending(throughSequence)) return;
          cancel();
          checks.delete(check);
          resolve({ status: "flushed" });
        }
        checks.add(check);
      });
    },
    check() {
      for (const check of [...checks]) check();
    },
  };
}
