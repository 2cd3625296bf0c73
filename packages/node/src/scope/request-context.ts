import type { EventEmitter } from "node:events";
import { IncomingMessage, ServerResponse } from "node:http";
import { context } from "@opentelemetry/api";
import { type Exchange, exchangeOf } from "../http/exchange.ts";
import { currentScope, type RequestScope, runInScope } from "./request-scope.ts";

/** Events that hand a request to the host; each has the request or stream as first argument. */
const HANDLER_EVENTS: ReadonlySet<unknown> = new Set([
  "request",
  "checkContinue",
  "checkExpectation",
  "stream",
]);
/** Events that hand the whole connection to the host, with the request that asked for it. */
const TAKEOVER_EVENTS: ReadonlySet<unknown> = new Set(["upgrade", "connect"]);

/**
 * Events of a request and its response that the socket or the parser tells, which belong to the
 * connection and so to no request: the parts of a body, a client that leaves.
 */
const EVENTS: ReadonlySet<unknown> = new Set([
  "data",
  "end",
  "readable",
  "close",
  "aborted",
  "error",
  "finish",
  "drain",
  "timeout",
]);

type Emit = EventEmitter["emit"];

/** Runs `work` as part of a request: its scope and, where something traces, its trace. */
export function runInExchange<T>({ scope, context: traced }: Exchange, work: () => T): T {
  if (traced === undefined) return runInScope(scope, work);
  return runInScope(scope, () => context.with(traced, work));
}

/**
 * Hands each request to the host inside of its scope, by wrapping `server.emit`, once per server. Node
 * announces the request just before it emits it, so the first one is covered too. Running inside is
 * what keeps the scope from the next request on the same connection, which entering it from the
 * channel's subscriber would not.
 *
 * @param scopeOf makes the scope of a connection that is taken over, from its request.
 */
export function createServerWrapper(
  scopeOf: (request: IncomingMessage) => RequestScope,
): (server: EventEmitter) => void {
  const wrapped = new WeakSet<EventEmitter>();
  return (server) => {
    if (wrapped.has(server)) return;
    wrapped.add(server);
    const original: Emit = server.emit;
    server.emit = function emit(this: EventEmitter, ...args: unknown[]): boolean {
      const call = () => Reflect.apply(original, this, args) as boolean;
      if (HANDLER_EVENTS.has(args[0])) {
        const exchange = exchangeOf(args[1] as object);
        return exchange === undefined ? call() : handle(exchange, call);
      }
      if (!TAKEOVER_EVENTS.has(args[0])) return call();
      return runInScope(scopeOf(args[1] as IncomingMessage), call);
    };
  };
}

/** Without a `catch`: an error that is thrown again would be printed as thrown from here. */
function handle(exchange: Exchange, call: () => boolean): boolean {
  // The compatibility API of HTTP/2 emits `request` inside of `stream`.
  if (currentScope() === exchange.scope) return call();
  let hasReturned = false;
  try {
    const result = runInExchange(exchange, call);
    hasReturned = true;
    return result;
  } finally {
    if (!hasReturned) exchange.scope.hasFailed = true;
  }
}

/**
 * For a response that waits behind another one on its connection: what is written last of it is told
 * as part of the other's end, and so in the other's scope.
 */
export function bindEndCallback(response: ServerResponse, exchange: Exchange): void {
  const original = response.end;
  response.end = function end(this: ServerResponse, ...args: unknown[]): ServerResponse {
    const callback = args.at(-1);
    if (typeof callback === "function") {
      args[args.length - 1] = () => runInExchange(exchange, callback as () => void);
    }
    return Reflect.apply(original, this, args) as ServerResponse;
  } as ServerResponse["end"];
}

/**
 * Tells the listeners of requests and responses inside of their scope. On the prototypes: an `emit` of
 * its own for each request costs several times as much.
 */
export function wrapRequestEvents(): () => void {
  const undo = [wrapEmit(IncomingMessage.prototype), wrapEmit(ServerResponse.prototype)];
  return () => {
    for (const back of undo) back();
  };
}

export function wrapEmit(prototype: EventEmitter): () => void {
  const hadOwn = Object.hasOwn(prototype, "emit");
  const original: Emit = prototype.emit;

  function emit(this: EventEmitter, ...args: unknown[]): boolean {
    const exchange = exchangeOf(this);
    if (
      exchange === undefined ||
      !EVENTS.has(args[0]) ||
      currentScope() === exchange.scope ||
      !hasHostListener(this, args[0] as string)
    ) {
      return Reflect.apply(original, this, args) as boolean;
    }
    return runInExchange(exchange, () => Reflect.apply(original, this, args) as boolean);
  }

  prototype.emit = emit;
  return () => {
    if (prototype.emit !== emit) return;
    if (hadOwn) prototype.emit = original;
    else Reflect.deleteProperty(prototype, "emit");
  };
}

/** Node's own listeners, which need no scope: for most requests there are no others. */
const NODE_LISTENERS: ReadonlySet<string> = new Set(["clearIncoming", "bound resOnFinish"]);

function hasHostListener(emitter: EventEmitter, event: string): boolean {
  const count = emitter.listenerCount(event);
  if (count !== 1) return count > 1;
  if (event !== "end" && event !== "finish") return true;
  return !NODE_LISTENERS.has(emitter.listeners(event)[0]?.name ?? "");
}
