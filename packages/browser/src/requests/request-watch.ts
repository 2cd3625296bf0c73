import { bareAddress, resolveAddress } from "../page/address.ts";
import { safely } from "../page/natives.ts";
import {
  ERROR_TYPE,
  HTTP_METHOD,
  HTTP_STATUS,
  REQUEST_DURATION,
  SERVER_ADDRESS,
  URL_FULL,
} from "../signals/names.ts";
import type { Actions } from "../traces/actions.ts";
import type { Span } from "../traces/span.ts";
import { formatTraceparent, parseTraceparent, type TraceContext } from "../traces/trace-context.ts";

export type RequestOutcome =
  | { readonly kind: "answered"; readonly status: number }
  | { readonly kind: "failed"; readonly reason: "network" | "timeout" }
  /** The page gave it up, or is going. */
  | { readonly kind: "aborted" };

export interface RequestRun {
  /** Header that the request is to have; undefined: none of ours. */
  readonly traceparent: string | undefined;
  end(outcome: RequestOutcome): void;
}

export interface RequestWatch {
  /**
   * @param address in any form that the page may write.
   * @param foreign a `traceparent` that the page has set itself.
   * @returns undefined for what is not watched: own traffic, other schemes.
   */
  begin(method: string, address: string, foreign: string | null): RequestRun | undefined;
}

export interface FailedRequest {
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly trace: TraceContext;
}

export interface RequestWatchOptions {
  readonly actions: Actions;
  /** Addresses of the gateway. */
  readonly own: readonly string[];
  readonly traceOrigins: readonly (string | RegExp)[];
  readonly failedStatus: (status: number) => boolean;
  /** Whether this page's spans are told, so that a header is worth its while. */
  readonly isTold: () => boolean;
  /** The page is being left: what fails now was given up. */
  readonly isLeaving: () => boolean;
  readonly tellSpan: (span: Span) => void;
  readonly tellFailed: (request: FailedRequest) => void;
}

export function createRequestWatch(options: RequestWatchOptions): RequestWatch {
  return {
    begin: (method, address, foreign) => {
      const url = resolveAddress(address);
      if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
      const bare = bareAddress(url);
      if (options.own.some((own) => bare.startsWith(own))) return undefined;
      const isTraced = foreign === null && options.isTold() && mayTrace(url, options.traceOrigins);
      return createRun({ method: method.toUpperCase(), url, bare, foreign, isTraced }, options);
    },
  };
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly bare: string;
  readonly foreign: string | null;
  readonly isTraced: boolean;
}

function createRun(request: Request, options: RequestWatchOptions): RequestRun {
  const { isTraced } = request;
  const place = options.actions.request(isTraced);
  const startMillis = Date.now();
  // Durations by the clock that stands still while a laptop sleeps, and is never set.
  const start = performance.now();
  return {
    traceparent: isTraced ? formatTraceparent(place.context) : undefined,
    // Calls the page's `failedStatus`, and whoever calls this holds the page's own promise.
    end: safely((given) => {
      place.ended();
      const durationMillis = performance.now() - start;
      const outcome =
        given.kind === "failed" && options.isLeaving() ? ({ kind: "aborted" } as const) : given;
      const failure = failureOf(outcome, options.failedStatus);
      const { context, parentSpanId } = place;
      if (isTraced) {
        options.tellSpan({
          context,
          ...(parentSpanId === undefined ? {} : { parentSpanId }),
          name: request.method,
          kind: "client",
          startMillis,
          durationMillis,
          attributes: spanAttributes(request, outcome),
          failed: failure !== undefined,
        });
      }
      if (failure === undefined) return;
      const trace = parseTraceparent(request.foreign ?? "") ?? context;
      options.tellFailed(describeFailed(request, failure, durationMillis, trace));
    }),
  };
}

/** Undefined: it did not fail. */
function failureOf(
  outcome: RequestOutcome,
  failedStatus: (status: number) => boolean,
): string | undefined {
  if (outcome.kind === "aborted") return undefined;
  if (outcome.kind === "failed") return outcome.reason;
  return failedStatus(outcome.status) ? String(outcome.status) : undefined;
}

function spanAttributes(
  { bare, method, url }: Request,
  outcome: RequestOutcome,
): Record<string, string | number> {
  const common = {
    [HTTP_METHOD]: method,
    [URL_FULL]: bare,
    [SERVER_ADDRESS]: url.hostname,
  };
  if (outcome.kind !== "answered") {
    const reason = outcome.kind === "failed" ? outcome.reason : outcome.kind;
    return { ...common, [ERROR_TYPE]: reason };
  }
  return { ...common, [HTTP_STATUS]: outcome.status };
}

function describeFailed(
  { bare, method, url }: Request,
  failure: string,
  durationMillis: number,
  trace: TraceContext,
): FailedRequest {
  const isStatus = /^\d/.test(failure);
  return {
    text: `${method} ${url.origin === location.origin ? url.pathname : bare} ${failure}`,
    attributes: {
      [HTTP_METHOD]: method,
      [URL_FULL]: bare,
      ...(isStatus ? { [HTTP_STATUS]: failure } : {}),
      [ERROR_TYPE]: failure,
      [REQUEST_DURATION]: (durationMillis / 1000).toFixed(3),
    },
    trace,
  };
}

/** The page's own origin and those that it names; anything else would need a preflight and may refuse it. */
function mayTrace({ origin }: URL, traceOrigins: readonly (string | RegExp)[]): boolean {
  if (origin === location.origin) return true;
  return traceOrigins.some((allowed) =>
    typeof allowed === "string"
      ? resolveAddress(allowed)?.origin === origin
      : matches(allowed, origin),
  );
}

/** Without the memory of a pattern with `g` or `y`. */
export function matches(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(text);
}
