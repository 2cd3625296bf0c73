import { isMainThread } from "node:worker_threads";
import type { CrashRecorder } from "../recorder/crash-recorder.ts";
import type { ExitOptions } from "./exit.ts";

export type SignalOptions = ExitOptions & {
  /** Is told that the end was asked for. */
  readonly recorder?: Pick<CrashRecorder, "asked" | "raised"> | undefined;
};

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Flushes on SIGTERM and SIGINT without changing what they do. A listener switches Node's own
 * ending off, so where ours is the only one, the signal is raised again after the flush; where the
 * host has one too, the exit is the host's and it is only helped by an early flush.
 */
export function flushOnSignals(options: SignalOptions): () => void {
  const { pipeline, recorder, flushTimeoutMillis } = options;
  // Signals are told to the main thread only.
  if (!isMainThread) return () => undefined;
  const removals = watchRemovals();
  let isFlushing = false;

  /** To be asked before any wait: a `once` listener of the host is gone when it has run. */
  function isSoleListener(signal: NodeJS.Signals): boolean {
    return process.listenerCount(signal) === 1 && !removals.happenedInThisTurn(signal);
  }

  function raiseAgain(signal: NodeJS.Signals): void {
    pipeline.saveSync();
    recorder?.raised();
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  }

  function onSignal(signal: NodeJS.Signals): void {
    const isOurs = isSoleListener(signal);
    recorder?.asked(signal);
    if (isFlushing) {
      // The second Ctrl-C of somebody in a hurry.
      if (isOurs) raiseAgain(signal);
      return;
    }
    isFlushing = true;
    // A flush and no shutdown: as process 1 of a container nothing ends a process by default, and
    // one that lives on must go on sending.
    void pipeline.flushOrSpool(flushTimeoutMillis).then(() => {
      isFlushing = false;
      if (isOurs) raiseAgain(signal);
    });
  }

  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    removals.stop();
  };
}

interface RemovalWatch {
  /** Whether a listener of this event was removed since the event loop's last turn. */
  happenedInThisTurn(event: string): boolean;
  stop(): void;
}

/**
 * Sees the `once` listeners that ran before ours when a signal arrives: each takes itself away
 * before it runs, so that counting the listeners afterwards misses it. Being first in the list
 * would not help against `prependOnceListener`.
 */
function watchRemovals(): RemovalWatch {
  const removed = new Set<unknown>();
  const onRemoved = (event: unknown): void => {
    removed.add(event);
    // A signal is told in a turn of its own, and no microtask runs between its listeners.
    queueMicrotask(() => removed.clear());
  };
  process.on("removeListener", onRemoved);
  return {
    happenedInThisTurn: (event) => removed.has(event),
    stop: () => void process.off("removeListener", onRemoved),
  };
}
