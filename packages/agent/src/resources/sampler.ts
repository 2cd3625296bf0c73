import { type Cancel, type Clock, systemClock } from "@sightline/wire";
import type { ContainerStats } from "../docker/api-types.ts";
import { type ContainerSample, toContainerSample } from "./container-sample.ts";
import { keepWindow, type LastMinute, summarizeLastMinute, WINDOW_MILLIS } from "./last-minute.ts";

export interface SamplerOptions {
  /** One reading; undefined where the container is gone. Should end early when the signal says so. */
  readonly readStats: (id: string, signal: AbortSignal) => Promise<ContainerStats | undefined>;
  readonly onSample: (id: string, sample: ContainerSample) => void;
  /** A reading that failed or was given up; the container's turn comes again. */
  readonly onFault?: (id: string, reason: string) => void;
  /** How often each container is read. */
  readonly intervalMillis: number;
  /** Readings at once. Default 4: Docker takes a lock for each. */
  readonly maxConcurrent?: number;
  /** After this an answer is given up. Default 10 s. */
  readonly timeoutMillis?: number;
  readonly hostMemoryBytes?: number | undefined;
  readonly clock?: Clock;
}

export interface Sampler {
  /** A run began. @param startedAtMillis Unix milliseconds by Docker's clock. */
  add(id: string, startedAtMillis: number): void;
  /** The run ended. Ask for its last minute before. */
  remove(id: string): void;
  /** @param endMillis when it died, Unix milliseconds by Docker's clock. */
  lastMinute(id: string, endMillis: number): LastMinute;
  stop(): void;
}

interface Target {
  readonly id: string;
  readonly startedAtMillis: number;
  samples: readonly ContainerSample[];
  inFlight: AbortController | undefined;
}

/** New ones are read this soon at first, or those that die at once would leave no sample. */
const FIRST_READING_MILLIS = 250;

/**
 * Reads each running container once in every interval. The readings are spread evenly over it: the
 * next container's turn comes an n-th of the interval later.
 */
export function createSampler(options: SamplerOptions): Sampler {
  const { readStats, onSample, onFault = () => {}, intervalMillis, hostMemoryBytes } = options;
  const { maxConcurrent = 4, timeoutMillis = 10_000, clock = systemClock } = options;
  const windowMillis = Math.max(WINDOW_MILLIS, 2 * intervalMillis);
  // In the order of their turns: who was read goes to the end.
  const targets = new Map<string, Target>();
  const fresh = new Set<Target>();
  let inFlight = 0;
  let turn: { readonly dueMillis: number; readonly cancel: Cancel } | undefined;
  let oldDueMillis = 0;
  let isTurnWaiting = false;
  let isStopped = false;

  function plan(): void {
    if (isStopped || targets.size === 0) return;
    const pace = intervalMillis / targets.size;
    const delay = fresh.size > 0 ? Math.min(pace, FIRST_READING_MILLIS) : pace;
    const dueMillis = clock.now() + delay;
    // Never later than planned: containers that come and go all the time must not put it off.
    if (turn !== undefined && turn.dueMillis <= dueMillis) return;
    turn?.cancel();
    turn = { dueMillis, cancel: clock.after(delay, takeTurn) };
  }

  function takeTurn(): void {
    turn?.cancel();
    turn = undefined;
    isTurnWaiting = inFlight >= maxConcurrent;
    if (isTurnWaiting) return;
    const target = nextTarget();
    if (target !== undefined) {
      fresh.delete(target);
      targets.delete(target.id);
      targets.set(target.id, target);
      void read(target);
    }
    plan();
  }

  function nextTarget(): Target | undefined {
    // In a crash loop there is a new one at every turn: those that run keep their share.
    const isOldDue = clock.now() >= oldDueMillis;
    const [first] = fresh;
    if (first !== undefined && !isOldDue) return first;
    oldDueMillis = clock.now() + intervalMillis / targets.size;
    for (const target of targets.values()) if (!target.inFlight) return target;
    return first;
  }

  async function read(target: Target): Promise<void> {
    const controller = new AbortController();
    target.inFlight = controller;
    inFlight += 1;
    const answer = await answerWithin(target.id, controller);
    inFlight -= 1;
    target.inFlight = undefined;
    if (isTurnWaiting && !isStopped) takeTurn();
    // The answer may be about a run that is over: its numbers must not go on in the next one.
    if (targets.get(target.id) !== target || isStopped) return;
    if (answer.status === "failed") return onFault(target.id, answer.reason);
    const sample = answer.stats && toContainerSample(answer.stats, hostMemoryBytes);
    if (sample === undefined) return;
    target.samples = keepWindow(target.samples, sample, windowMillis);
    onSample(target.id, sample);
  }

  /** Settles in time whether or not the reading does. */
  function answerWithin(id: string, controller: AbortController): Promise<Answer> {
    return new Promise((resolve) => {
      const fail = (reason: string): void => resolve({ status: "failed", reason });
      const cancel = clock.after(timeoutMillis, () => {
        fail(`no answer within ${timeoutMillis} ms`);
        controller.abort();
      });
      controller.signal.addEventListener("abort", () => fail("its container ended"));
      Promise.resolve()
        .then(() => readStats(id, controller.signal))
        .then(
          (stats) => resolve({ status: "ok", stats }),
          (error) => fail(error instanceof Error ? error.message : String(error)),
        )
        .finally(cancel);
    });
  }

  function remove(id: string): void {
    const target = targets.get(id);
    if (target === undefined) return;
    targets.delete(id);
    fresh.delete(target);
    target.inFlight?.abort();
  }

  return {
    add(id, startedAtMillis) {
      if (isStopped) return;
      remove(id);
      const target: Target = { id, startedAtMillis, samples: [], inFlight: undefined };
      targets.set(id, target);
      fresh.add(target);
      if (!isTurnWaiting) plan();
    },
    remove,
    lastMinute(id, endMillis) {
      const target = targets.get(id);
      if (target === undefined) return {};
      return summarizeLastMinute(target.samples, target.startedAtMillis, endMillis, windowMillis);
    },
    stop() {
      isStopped = true;
      turn?.cancel();
      for (const { inFlight: controller } of targets.values()) controller?.abort();
      targets.clear();
      fresh.clear();
    },
  };
}

type Answer =
  | { readonly status: "ok"; readonly stats: ContainerStats | undefined }
  | { readonly status: "failed"; readonly reason: string };
