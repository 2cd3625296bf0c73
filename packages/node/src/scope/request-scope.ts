import { AsyncLocalStorage } from "node:async_hooks";

/** What is known of who a request is for. One object a request; changed in place. */
export type RequestScope = {
  /** HMAC of the user's id, 16 hexadecimal digits; never the id. */
  userHash?: string | undefined;
  /** Session of the browser, from `baggage` or `identify`. */
  sessionId?: string | undefined;
  /** An uncaught error, or an answer of 5xx. */
  hasFailed?: boolean;
};

const storage = new AsyncLocalStorage<RequestScope>();

/** The scope of the request that is being answered here, undefined outside of one. */
export function currentScope(): RequestScope | undefined {
  return storage.getStore();
}

/** Runs `work` and everything it starts in a scope. */
export function runInScope<T>(scope: RequestScope, work: () => T): T {
  return storage.run(scope, work);
}
