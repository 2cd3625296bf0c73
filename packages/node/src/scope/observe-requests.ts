import type { RequestScope } from "./request-scope.ts";

/** How a request ended. */
export type RequestOutcome = {
  /** Undefined when the client left before anything was answered. */
  readonly statusCode: number | undefined;
  /** The client left, or the connection broke, before the answer was complete. */
  readonly isAborted: boolean;
  readonly durationSeconds: number;
};

export type RequestObserver = {
  /**
   * Called once for each request, after its last byte and outside of its scope. `scope` is as the
   * handler left it, with `hasFailed` set where it applies.
   */
  onEnd(scope: RequestScope, outcome: RequestOutcome): void;
};

const observers = new Set<RequestObserver>();

/** Tells `observer` of every request of this process that ends. Returns the way back. */
export function observeRequests(observer: RequestObserver): () => void {
  observers.add(observer);
  return () => {
    observers.delete(observer);
  };
}

/** Tells all observers. One that throws keeps neither the others nor the host from going on. */
export function announceEnd(scope: RequestScope, outcome: RequestOutcome): void {
  for (const observer of observers) {
    try {
      observer.onEnd(scope, outcome);
    } catch {
      // An observer's bug is no reason to fail a request.
    }
  }
}
