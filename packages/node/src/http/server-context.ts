import type { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { type Context, context } from "@opentelemetry/api";

/** Events that hand a request to the host; each has the request as first argument. */
const REQUEST_EVENTS: ReadonlySet<unknown> = new Set([
  "request",
  "checkContinue",
  "checkExpectation",
]);

export type CarriedExchange = {
  readonly server: Server;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestContext: Context;
};

export type ServerContext = {
  /** Runs what the host does with this request in `requestContext`. */
  carry(exchange: CarriedExchange): void;
};

/**
 * Activates a request's context for its handler by wrapping `server.emit`, once per server. Node
 * announces the request just before it emits it, so the first one is covered too. Running inside
 * `context.with` is what keeps the context from the next request on the same connection, which
 * entering it from the channel's subscriber would not.
 */
export function createServerContext(): ServerContext {
  const wrapped = new WeakSet<Server>();
  const contexts = new WeakMap<IncomingMessage, Context>();

  function wrap(server: Server): void {
    wrapped.add(server);
    const original = server.emit;
    server.emit = function emit(this: Server, event: string | symbol, ...args: unknown[]): boolean {
      const found = REQUEST_EVENTS.has(event)
        ? contexts.get(args[0] as IncomingMessage)
        : undefined;
      const call = () => Reflect.apply(original, this, [event, ...args]) as boolean;
      return found === undefined ? call() : context.with(found, call);
    } as Server["emit"];
  }

  return {
    carry({ server, request, response, requestContext }) {
      contexts.set(request, requestContext);
      // A body's later packets and a client that leaves are told by the socket, which belongs to
      // no request: listeners for them would run without a context.
      emitIn(request, requestContext);
      emitIn(response, requestContext);
      if (!wrapped.has(server)) wrap(server);
    },
  };
}

/** Lighter than the context manager's `bind`, which wraps eight methods and every listener. */
function emitIn(emitter: EventEmitter, emitContext: Context): void {
  const original = emitter.emit;
  emitter.emit = function emit(this: EventEmitter, ...args: unknown[]): boolean {
    return context.with(emitContext, () => Reflect.apply(original, this, args) as boolean);
  };
}
