import type { Context, Span } from "@opentelemetry/api";
import type { RequestScope } from "../scope/request-scope.ts";

/** One request that this process answers, from its head to its end. */
export type Exchange = {
  /** Who counted its begin; after a stop and a new start, another one may see its end. */
  readonly owner: object;
  readonly startMillis: number;
  readonly scope: RequestScope;
  /** A known method or `_OTHER`. */
  readonly method: string;
  readonly isSecure: boolean;
  /** `1.0`, `1.1` or `2`. */
  readonly protocolVersion: string;
  /** With the trace; undefined where nothing traces. */
  readonly context: Context | undefined;
  /** Undefined too for a trace that is not kept. */
  readonly span: Span | undefined;
  isEnded: boolean;
};

export type ExchangeEnd = {
  readonly statusCode: number | undefined;
  readonly isAborted: boolean;
  readonly route: string | undefined;
};

const EXCHANGE = Symbol("sightline.exchange");

/** On the object itself: a WeakMap entry for each request is work for the garbage collector. */
type Bearer = { [EXCHANGE]?: Exchange };

export function exchangeOf(bearer: object): Exchange | undefined {
  return (bearer as Bearer)[EXCHANGE];
}

/** @param bearer request, response or stream; through it the exchange is found again. */
export function bearExchange(bearer: object, exchange: Exchange): void {
  (bearer as Bearer)[EXCHANGE] = exchange;
}

/** Whether the connection broke rather than the handler; OpenTelemetry's `error.type`. */
export function errorTypeOf({ statusCode, isAborted }: ExchangeEnd): string | undefined {
  if (isAborted) return "aborted";
  return statusCode !== undefined && statusCode >= 500 ? `${statusCode}` : undefined;
}
