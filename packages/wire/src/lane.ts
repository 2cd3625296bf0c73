import { backoffMillis, type RetryOptions, retryAfterMillis, slowRetryMillis } from "./backoff.ts";
import type { Batch, Signal } from "./batch.ts";
import type { SendOutcome, SendRetryable, SendSuccess } from "./outcome.ts";
import type { DeliveryQueue } from "./queue/delivery-queue.ts";
import type { Entry } from "./queue/entry.ts";
import type { Cancel, Clock, Random, Transport } from "./seams.ts";

export type LoadResult =
  | { readonly status: "read"; readonly body: Uint8Array }
  | { readonly status: "corrupt"; readonly message: string }
  | { readonly status: "unavailable"; readonly message: string };

export interface LaneOptions {
  readonly signal: Signal;
  readonly queue: DeliveryQueue;
  readonly transport: Transport;
  readonly timeoutMillis: number;
  readonly retry: Required<RetryOptions>;
  readonly clock: Clock;
  readonly random: Random;
  load(entry: Entry): Promise<LoadResult>;
  onSuccess(entry: Entry, outcome: SendSuccess): void;
  /** The receiver will not take it: it said so, or failed on it too often. */
  onRefused(entry: Entry, batch: Batch, message: string): void;
  onRetry(outcome: SendRetryable): void;
  onCorrupt(entry: Entry, message: string): void;
}

/** Sends one signal's batches in order, one at a time, so that no signal waits for another. */
export interface Lane {
  /** There may be something to send. */
  wake(): void;
  /** Somebody waits for a flush: cut our own wait short, but not one the receiver asked for. */
  hurry(): void;
  /** Whether the last attempt did not reach a receiver that works. */
  isFailing(): boolean;
  /** Whether an attempt is under way. */
  isTrying(): boolean;
  stop(): void;
}

/** A receiver that fails on good batches for a moment has these attempts to recover. */
const MAX_FAULTS = 5;

interface Wait {
  readonly cancel: Cancel;
  readonly isOurs: boolean;
}

export function createLane(options: LaneOptions): Lane {
  const { queue, signal } = options;
  let isBusy = false;
  let isStopped = false;
  let failures = 0;
  let wait: Wait | undefined;

  function wake(): void {
    if (isBusy || isStopped || wait) return;
    const entry = queue.first(signal);
    if (!entry) return;
    isBusy = true;
    entry.isInFlight = true;
    void attempt(entry).finally(() => {
      entry.isInFlight = false;
      isBusy = false;
      wake();
    });
  }

  async function attempt(entry: Entry): Promise<void> {
    try {
      await loadAndSend(entry);
    } catch {
      // A bug of ours. It must not end the host, nor be tried in a loop without a pause.
      settleRetry({ status: "retryable", cause: "unavailable", message: "internal fault" });
    }
  }

  async function loadAndSend(entry: Entry): Promise<void> {
    const loaded = await options.load(entry);
    if (isStopped) return;
    if (loaded.status === "corrupt") return options.onCorrupt(entry, loaded.message);
    if (loaded.status === "unavailable") {
      return settleRetry({
        status: "retryable",
        cause: "unavailable",
        message: loaded.message,
      });
    }
    const batch: Batch = { ...factsOf(entry), body: loaded.body };
    settle(entry, batch, await sendOnce(batch));
  }

  async function sendOnce(batch: Batch): Promise<SendOutcome> {
    try {
      return await options.transport.send(batch, options.timeoutMillis);
    } catch {
      // A transport that throws is a bug; the batch must outlive it. The error's text is not ours
      // to show: it may hold anything.
      return { status: "retryable", cause: "unavailable", message: "the transport threw" };
    }
  }

  function settle(entry: Entry, batch: Batch, outcome: SendOutcome): void {
    if (outcome.status === "retryable") {
      if (outcome.cause === "fault") settleFault(entry, batch, outcome);
      else settleRetry(outcome);
      return;
    }
    failures = 0;
    if (outcome.status === "success") options.onSuccess(entry, outcome);
    else options.onRefused(entry, batch, outcome.message);
  }

  function settleFault(entry: Entry, batch: Batch, outcome: SendRetryable): void {
    entry.faults += 1;
    // The waits go on growing over the batches: where every one fails, the receiver is ill and not
    // the batch, and each further one should last as long as it can.
    settleRetry(outcome);
    if (isStopped || entry.faults < MAX_FAULTS) return;
    options.onRefused(entry, batch, `${outcome.message}, ${MAX_FAULTS} times`);
  }

  function settleRetry(outcome: SendRetryable): void {
    if (isStopped) return;
    failures += 1;
    const cancel = options.clock.after(delayMillis(outcome), () => {
      wait = undefined;
      wake();
    });
    const isOurs = outcome.cause === "unavailable" && outcome.retryAfterMillis === undefined;
    wait = { cancel, isOurs };
    options.onRetry(outcome);
  }

  function delayMillis(outcome: SendRetryable): number {
    const { retry, random } = options;
    if (SLOW_CAUSES.has(outcome.cause)) return slowRetryMillis(retry, random);
    if (outcome.retryAfterMillis !== undefined) {
      return retryAfterMillis(outcome.retryAfterMillis, retry, random);
    }
    return backoffMillis(failures, retry, random);
  }

  function endWait(): void {
    wait?.cancel();
    wait = undefined;
  }

  return {
    wake,
    hurry() {
      if (wait?.isOurs) endWait();
      wake();
    },
    isFailing: () => failures > 0,
    isTrying: () => isBusy && wait === undefined,
    stop() {
      isStopped = true;
      endWait();
    },
  };
}

/** Nothing changes here until a person does something. */
const SLOW_CAUSES: ReadonlySet<SendRetryable["cause"]> = new Set(["credentials", "endpoint"]);

function factsOf(entry: Entry): Omit<Batch, "body"> {
  const { signal, records, severityNumber, createdUnixMillis } = entry;
  return { signal, records, severityNumber, createdUnixMillis };
}
