import { isMainThread } from "node:worker_threads";
import type { ExitOptions } from "./exit.ts";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Flushes on SIGTERM and SIGINT without changing what they do. A listener switches Node's own
 * ending off, so where ours is the only one, the signal is raised again after the flush; where the
 * host has one too, the exit is the host's and it is only helped by an early flush.
 */
export function flushOnSignals({ pipeline, flushTimeoutMillis }: ExitOptions): () => void {
  // Signals are told to the main thread only.
  if (!isMainThread) return () => undefined;
  let isFlushing = false;

  function isSoleListener(signal: NodeJS.Signals): boolean {
    return process.listenerCount(signal) === 1;
  }

  function raiseAgain(signal: NodeJS.Signals): void {
    pipeline.saveSync();
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (isFlushing) {
      // The second Ctrl-C of somebody in a hurry.
      if (isSoleListener(signal)) raiseAgain(signal);
      return;
    }
    isFlushing = true;
    // A flush and no shutdown: as process 1 of a container nothing ends a process by default, and
    // one that lives on must go on sending.
    void pipeline.flush(flushTimeoutMillis).then(() => {
      isFlushing = false;
      if (isSoleListener(signal)) raiseAgain(signal);
    });
  }

  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
