import type { EventEmitter } from "node:events";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { TLSSocket } from "node:tls";
import { listenToChannels } from "../listen-to-channels.ts";
import { wrapEmit } from "../scope/request-context.ts";
import { bearExchange, exchangeOf } from "./exchange.ts";
import { readRoute } from "./route.ts";
import type { ServerExchanges } from "./server-exchanges.ts";

/** Published from Node 24.3 on; before, requests of HTTP/2 are not seen. */
const STARTED = "http2.server.stream.start";
const CLOSED = "http2.server.stream.close";

type Started = { readonly stream: ServerHttp2Stream; readonly headers: IncomingHttpHeaders };
type Session = { readonly server?: EventEmitter; readonly socket?: Partial<TLSSocket> };

/**
 * Sees the requests of `node:http2` servers, by streams or by the API that looks like `node:http`.
 *
 * @param wrapServer hands the server's requests over inside of their scope.
 */
export function instrumentHttp2Server(
  exchanges: ServerExchanges,
  wrapServer: (server: EventEmitter) => void,
): () => void {
  const undo: (() => void)[] = [];

  function wrapStreams(stream: ServerHttp2Stream): void {
    if (undo.length > 0) return;
    // Node does not export the class of its streams.
    undo.push(wrapEmit(Object.getPrototypeOf(stream) as EventEmitter));
  }

  function onStarted(message: unknown): void {
    const { stream, headers } = message as Started;
    // Streams with even numbers are those that the server pushes.
    if ((stream.id ?? 0) % 2 === 0) return;
    const session = stream.session as Session | undefined;
    if (session?.server !== undefined) wrapServer(session.server);
    wrapStreams(stream);
    const exchange = exchanges.begin({
      method: headers[":method"] as string | undefined,
      headers,
      url: headers[":path"] as string | undefined,
      isSecure: session?.socket?.encrypted === true,
      protocolVersion: "2",
    });
    bearExchange(stream, exchange);
  }

  function onClosed(message: unknown): void {
    const { stream } = message as { stream: ServerHttp2Stream };
    const exchange = exchangeOf(stream);
    if (exchange === undefined) return;
    const isAborted = !stream.writableEnded || (stream.rstCode ?? 0) !== 0;
    const status = stream.sentHeaders?.[":status"];
    exchanges.end(exchange, {
      statusCode: typeof status === "number" ? status : undefined,
      isAborted,
      route: readRoute(stream),
    });
  }

  const stop = listenToChannels({ [STARTED]: onStarted, [CLOSED]: onClosed });
  return () => {
    stop();
    for (const back of undo) back();
  };
}
