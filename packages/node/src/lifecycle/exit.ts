import type { Pipeline } from "../pipeline.ts";

export type ExitOptions = {
  readonly pipeline: Pipeline;
  readonly flushTimeoutMillis: number;
};

/**
 * Sends what is unsent when the event loop runs dry, and spools it when the process exits. Returns a
 * function that stops it.
 */
export function flushOnExit({ pipeline, flushTimeoutMillis }: ExitOptions): () => void {
  let hasFlushed = false;

  const onBeforeExit = (): void => {
    // Once: waiting for an answer wakes the loop, so each flush brings another `beforeExit`.
    if (hasFlushed) return;
    hasFlushed = true;
    // No shutdown: an event loop that ran dry may be filled again by another listener.
    void pipeline.flushOrSpool(flushTimeoutMillis);
  };
  const onExit = (): void => pipeline.saveSync();

  process.on("beforeExit", onBeforeExit);
  process.on("exit", onExit);
  return () => {
    process.off("beforeExit", onBeforeExit);
    process.off("exit", onExit);
  };
}
