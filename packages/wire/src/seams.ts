import type { Batch } from "./batch.ts";
import type { SendOutcome } from "./outcome.ts";

/** Cancels what {@link Clock.after} planned; harmless once it has run. */
export type Cancel = () => void;

export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /**
   * Runs `run` once, `delayMillis` from now. It does not keep the process alive unless `hold` is
   * true: only somebody who awaits a flush may hold the host back.
   */
  after(delayMillis: number, run: () => void, hold?: boolean): Cancel;
}

/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** Sends one batch once. Every expected outcome is a value; a rejected promise is a bug. */
export interface Transport {
  send(batch: Batch, timeoutMillis: number): Promise<SendOutcome>;
  /** Breaks off what is in flight (its promise settles as retryable) and frees the sockets. */
  shutdown(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMillis, run, hold = false) {
    const timer = setTimeout(run, delayMillis);
    if (!hold) timer.unref();
    return () => clearTimeout(timer);
  },
};
