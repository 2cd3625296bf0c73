import type { Clock } from "./seams.ts";

export type FlushResult =
  /** Nothing waits any more: each record was acknowledged, or dropped and counted. */
  | { readonly status: "flushed" }
  /**
   * Only from `flushOrSpool` and `shutdown`: the receiver did not take these records, and they are
   * on disk, for later or for the next process.
   */
  | { readonly status: "spooled"; readonly pendingRecords: number }
  /** Time was up. These records still wait, in memory or in the spool. */
  | { readonly status: "timeout"; readonly pendingRecords: number };

export interface PendingSource {
  hasPending(throughSequence: number): boolean;
  pendingRecords(throughSequence: number): number;
}

/** Callers who wait until all that was enqueued before them is settled. */
export interface FlushWaiters {
  /** @param isSpooled asked at each check: whether what is pending is on disk and may stay there. */
  wait(
    throughSequence: number,
    timeoutMillis: number,
    isSpooled?: () => boolean,
  ): Promise<FlushResult>;
  /** Something was settled, spooled or tried in vain. */
  check(): void;
}

export function createFlushWaiters(source: PendingSource, clock: Clock): FlushWaiters {
  const checks = new Set<() => void>();

  function unfinished(status: "spooled" | "timeout", throughSequence: number): FlushResult {
    return { status, pendingRecords: source.pendingRecords(throughSequence) };
  }

  return {
    wait(throughSequence, timeoutMillis, isSpooled = () => false) {
      function read(): FlushResult | undefined {
        if (!source.hasPending(throughSequence)) return { status: "flushed" };
        return isSpooled() ? unfinished("spooled", throughSequence) : undefined;
      }
      const known = read();
      if (known) return Promise.resolve(known);
      if (timeoutMillis <= 0) return Promise.resolve(unfinished("timeout", throughSequence));
      return new Promise((resolve) => {
        // The only timer that holds the process: somebody awaits this, and all sockets are unref'ed.
        const cancel = clock.after(
          timeoutMillis,
          () => {
            checks.delete(check);
            resolve(unfinished("timeout", throughSequence));
          },
          true,
        );
        function check(): void {
          const result = read();
          if (!result) return;
          cancel();
          checks.delete(check);
          resolve(result);
        }
        checks.add(check);
      });
    },
    check() {
      for (const check of [...checks]) check();
    },
  };
}
