import { patch, type Undo } from "../page/patch.ts";
import type { RequestOutcome, RequestRun, RequestWatch } from "./request-watch.ts";

const HEADER = "traceparent";

type Fetch = typeof fetch;
type Input = Parameters<Fetch>[0];

export function captureFetch(watch: RequestWatch): Undo {
  return patch<Fetch>(
    window,
    "fetch",
    (original, isActive) =>
      function (this: unknown, ...args: Parameters<Fetch>): Promise<Response> {
        const [input, init] = args;
        const run = isActive() && args.length > 0 ? begin(watch, input, init) : undefined;
        if (run === undefined) return Reflect.apply(original, this, args);
        const { traceparent } = run;
        const answer =
          traceparent === undefined
            ? Reflect.apply(original, this, args)
            : callWith(original, this, input, init, traceparent);
        // A page's stand-in for tests may give anything.
        if (typeof answer?.then !== "function") return answer;
        // Handed on, not beside: a rejection that the page does not handle must stay one.
        return answer.then(
          (response) => {
            run.end({ kind: "answered", status: response.status });
            return response;
          },
          (error: unknown) => {
            run.end(outcomeOf(error, signalOf(input, init)));
            throw error;
          },
        );
      } as Fetch,
  );
}

function begin(
  watch: RequestWatch,
  input: Input,
  init: RequestInit | undefined,
): RequestRun | undefined {
  try {
    const request = input instanceof Request ? input : undefined;
    const headers = init?.headers === undefined ? request?.headers : new Headers(init.headers);
    return watch.begin(
      init?.method ?? request?.method ?? "GET",
      request?.url ?? String(input),
      headers?.get(HEADER) ?? null,
    );
  } catch {
    // What is no request is for the browser to refuse.
    return undefined;
  }
}

/**
 * A Request gets the header for the call alone: a copy of it would lose its referrer or read its body,
 * and it must be usable again as it was.
 */
function callWith(
  original: Fetch,
  self: unknown,
  input: Input,
  init: RequestInit | undefined,
  traceparent: string,
): Promise<Response> {
  const carrier = init?.headers === undefined ? input : init;
  if (init instanceof Request || (carrier instanceof Request && carrier === input)) {
    const headers = carrier instanceof Request ? carrier.headers : init?.headers;
    return callWithRequest(original, self, input, init, headers as Headers, traceparent);
  }
  const headers = new Headers(init?.headers);
  headers.set(HEADER, traceparent);
  return Reflect.apply(original, self, [input, withHeaders(init, headers)]);
}

/** Settings may be an object of a class, with getters that a copy would lose. */
function withHeaders(init: RequestInit | undefined, headers: Headers): RequestInit {
  const prototype: unknown = init == null ? null : Object.getPrototypeOf(init);
  if (init == null || prototype === null || prototype === Object.prototype) {
    return { ...init, headers };
  }
  return new Proxy(init, {
    get: (target, key) => (key === "headers" ? headers : Reflect.get(target, key, target)),
  });
}

function callWithRequest(
  original: Fetch,
  self: unknown,
  input: Input,
  init: RequestInit | undefined,
  headers: Headers,
  traceparent: string,
): Promise<Response> {
  try {
    headers.set(HEADER, traceparent);
  } catch {
    // Of a service worker's event: cannot be changed.
  }
  try {
    return Reflect.apply(original, self, [input, init]);
  } finally {
    try {
      headers.delete(HEADER);
    } catch {
      // The same.
    }
  }
}

/** Who gives up may give any reason. */
function signalOf(input: Input, init: RequestInit | undefined): AbortSignal | null | undefined {
  return init?.signal ?? (input instanceof Request ? input.signal : undefined);
}

function outcomeOf(error: unknown, signal: AbortSignal | null | undefined): RequestOutcome {
  const name = (error as Partial<Error> | null | undefined)?.name;
  if (name === "TimeoutError") return { kind: "failed", reason: "timeout" };
  if (name === "AbortError" || signal?.aborted === true) return { kind: "aborted" };
  return { kind: "failed", reason: "network" };
}
