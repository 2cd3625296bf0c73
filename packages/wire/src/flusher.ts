import { SIGNALS, type Signal } from "./batch.ts";
import type { FlushResult, FlushWaiters } from "./flush-waiters.ts";
import type { Lane } from "./lane.ts";
import type { DeliveryQueue } from "./queue/delivery-queue.ts";
import type { Clock } from "./seams.ts";

/**
 * A receiver that was away gets this long to answer one more attempt before the spool is enough: it
 * may be back by now, and one that is still away mostly refuses the connection at once.
 */
const LAST_ATTEMPT_MILLIS = 250;

export interface FlusherOptions {
  readonly queue: DeliveryQueue;
  readonly lanes: Readonly<Record<Signal, Lane>>;
  readonly waiters: FlushWaiters;
  readonly clock: Clock;
  readonly hasSpool: boolean;
}

/** Both hasten what was enqueued up to a sequence number, and wait for it. Neither rejects. */
export interface Flusher {
  flush(throughSequence: number, timeoutMillis: number): Promise<FlushResult>;
  flushOrSpool(throughSequence: number, timeoutMillis: number): Promise<FlushResult>;
}

export function createFlusher(options: FlusherOptions): Flusher {
  const { queue, lanes, waiters, clock } = options;

  function flush(throughSequence: number, timeoutMillis: number): Promise<FlushResult> {
    for (const signal of SIGNALS) lanes[signal].hurry();
    return waiters.wait(throughSequence, timeoutMillis);
  }

  async function flushOrSpool(
    throughSequence: number,
    timeoutMillis: number,
  ): Promise<FlushResult> {
    if (!options.hasSpool) return flush(throughSequence, timeoutMillis);
    let isPatient = true;
    const endPatience = (): void => {
      isPatient = false;
      waiters.check();
    };
    const isAway = (signal: Signal): boolean =>
      lanes[signal].isFailing() && !(isPatient && lanes[signal].isTrying());
    const isSpooled = (): boolean =>
      !queue.hasInMemory(throughSequence) && queue.pendingSignals(throughSequence).every(isAway);

    for (const signal of SIGNALS) lanes[signal].hurry();
    const cancel = clock.after(LAST_ATTEMPT_MILLIS, endPatience, true);
    const result = await waiters.wait(throughSequence, timeoutMillis, isSpooled);
    cancel();
    return result;
  }

  return { flush, flushOrSpool };
}
