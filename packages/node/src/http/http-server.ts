import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { listenToChannels } from "../listen-to-channels.ts";
import {
  bindEndCallback,
  createServerWrapper,
  wrapRequestEvents,
} from "../scope/request-context.ts";
import { readSessionId } from "../scope/session-id.ts";
import { bearExchange, type Exchange, exchangeOf } from "./exchange.ts";
import { watchFastifyRoutes } from "./fastify-routes.ts";
import { instrumentHttp2Server } from "./http2-server.ts";
import { readRoute, watchExpressRoutes } from "./route.ts";
import type { ServerExchanges } from "./server-exchanges.ts";

const STARTED = "http.server.request.start";
const FINISHED = "http.server.response.finish";

type Message = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
  readonly socket: Socket;
};

const OPEN = Symbol("sightline.open");

/** Requests of a connection that are not answered yet: one, or several when they are pipelined. */
type Connection = Socket & { [OPEN]?: Message[] };

/**
 * Sees every request that a `node:http` or `node:https` server of this process gets, whatever the
 * framework, by Node's diagnostics channels. Returns a function that stops it.
 */
export function instrumentHttpServer(exchanges: ServerExchanges): () => void {
  const wrapServer = createServerWrapper(({ headers }) => {
    const sessionId = readSessionId(String(headers["baggage"] ?? ""));
    return sessionId === undefined ? {} : { sessionId };
  });

  function end({ request, response }: Message, exchange: Exchange, isAborted: boolean): void {
    const isAnswered = !isAborted || response.headersSent;
    exchanges.end(exchange, {
      statusCode: isAnswered ? response.statusCode : undefined,
      isAborted,
      route: readRoute(request),
    });
  }

  /**
   * The connection's listener, not the response's: the responses that wait behind another one on a
   * pipelined connection are never told that the client has left.
   */
  function onConnectionClosed(this: Connection): void {
    for (const message of this[OPEN]?.splice(0) ?? []) {
      const exchange = exchangeOf(message.response);
      if (exchange !== undefined) safely(() => end(message, exchange, true));
    }
  }

  function onStarted(message: unknown): void {
    const started = message as Message;
    const { request, response, server } = started;
    const socket: Connection = started.socket;
    wrapServer(server);
    const exchange = exchanges.begin({
      method: request.method,
      headers: request.headers,
      url: request.url,
      isSecure: (socket as Partial<TLSSocket>).encrypted === true,
      protocolVersion: request.httpVersion,
    });
    bearExchange(request, exchange);
    bearExchange(response, exchange);
    const open = socket[OPEN];
    if (open !== undefined) {
      if (open.length > 0) bindEndCallback(response, exchange);
      open.push(started);
    } else {
      socket[OPEN] = [started];
      socket.once("close", onConnectionClosed);
    }
  }

  function onFinished(message: unknown): void {
    const finished = message as Message;
    const exchange = exchangeOf(finished.response);
    if (exchange === undefined) return;
    const open = (finished.socket as Connection)[OPEN];
    if (open !== undefined) forget(open, finished.response);
    end(finished, exchange, false);
  }

  const stops = [
    watchExpressRoutes(),
    watchFastifyRoutes(),
    wrapRequestEvents(),
    instrumentHttp2Server(exchanges, wrapServer),
    listenToChannels({ [STARTED]: onStarted, [FINISHED]: onFinished }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function forget(open: Message[], response: ServerResponse): void {
  if (open.length === 1 && open[0]?.response === response) open.length = 0;
  else {
    const index = open.findIndex((message) => message.response === response);
    if (index >= 0) open.splice(index, 1);
  }
}

function safely(work: () => void): void {
  try {
    work();
  } catch {
    // One request goes unmeasured; an error here would end the host.
  }
}
