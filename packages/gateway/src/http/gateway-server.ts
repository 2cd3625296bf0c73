import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { RequestCounts } from "../metrics/request-counts.ts";
import type { Answer } from "./answer.ts";
import type { Door } from "./door.ts";
import { OUTCOMES, type Outcome } from "./outcome.ts";
import { readTarget } from "./read-address.ts";
import type { ScriptPage } from "./script.ts";
import { writeAnswer } from "./write-answer.ts";

export interface ServerLimits {
  /** From the connection, or the end of the request before, to the end of the head. */
  readonly headMillis: number;
  /** The same to the end of the body. */
  readonly requestMillis: number;
  readonly maxConnections: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headMillis: 10_000,
  // A body of 64 kB takes 26 s on the slowest phones.
  requestMillis: 30_000,
  maxConnections: 2_000,
};

export interface GatewayServerOptions {
  readonly door: Door;
  readonly script: ScriptPage;
  readonly counts: RequestCounts;
  /** Body of a health check, and whether all is well. */
  health(request: IncomingMessage): Answer;
  isStopping(): boolean;
  readonly limits?: ServerLimits;
}

const MAX_HEAD_BYTES = 16_384;
const MAX_HEADERS = 100;
/** Longer than proxies keep theirs, so that it is they who close: Caddy two minutes, nginx one. */
const KEEP_ALIVE_MILLIS = 130_000;

const SILENCE_MILLIS = 120_000;

/** A request that has a head, and the rest of it as long as that has not come. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Set where the connection failed below the request. */
  fault: Outcome | undefined;
  isAnswered: boolean;
  /** What came after this request is no HTTP: the connection ends with its answer. */
  isLast: boolean;
}

/** The HTTP server: every request that comes is answered where somebody listens, and counted once. */
export function createGatewayServer(options: GatewayServerOptions): Server {
  const { door, script, counts } = options;
  const limits = options.limits ?? SERVER_LIMITS;
  const open = new WeakMap<Duplex, Exchange>();

  async function decide(request: IncomingMessage, beforeBody: () => void): Promise<Answer> {
    if (request.headers.host === undefined && request.httpVersion === "1.1") {
      return { outcome: "bad_http" };
    }
    const target = readTarget(request.url ?? "");
    if (target.kind === "unknown") return { outcome: "not_found" };
    if (target.kind === "collect") {
      if (options.isStopping()) return { outcome: "stopping", retryAfterSeconds: 2 };
      return await door.collect(request, target, beforeBody);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return { outcome: "wrong_method", headers: { allow: "GET, HEAD" } };
    }
    return target.kind === "script" ? script.answer(request) : options.health(request);
  }

  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    beforeBody: () => void,
  ): Promise<void> {
    const startedMillis = performance.now();
    const exchange: Exchange = {
      request,
      response,
      fault: undefined,
      isAnswered: false,
      isLast: false,
    };
    open.set(request.socket, exchange);
    let answer: Answer;
    try {
      answer = await decide(request, beforeBody);
    } catch {
      answer = { outcome: "failed" };
    }
    exchange.isAnswered = true;
    const isGone = answer.outcome === "aborted";
    const outcome = isGone ? (exchange.fault ?? "aborted") : answer.outcome;
    counts.add(outcome, answer.app, (performance.now() - startedMillis) / 1000);
    if (isGone || request.socket.destroyed) return;
    if (options.isStopping() || exchange.isLast) response.setHeader("connection", "close");
    writeAnswer(request, response, answer);
  }

  const server = createServer({
    maxHeaderSize: MAX_HEAD_BYTES,
    headersTimeout: limits.headMillis,
    requestTimeout: limits.requestMillis,
    keepAliveTimeout: KEEP_ALIVE_MILLIS,
    connectionsCheckingInterval: Math.min(1_000, limits.headMillis / 2),
    // RFC 9112, 3.2: a request without Host is answered 400. Ours to count, so not Node's to answer.
    requireHostHeader: false,
  });
  server.maxHeadersCount = MAX_HEADERS;
  // For who does not read an answer; no answer takes so long to make.
  server.timeout = SILENCE_MILLIS;
  server.maxConnections = limits.maxConnections;

  server.on("request", (request, response) => {
    void handle(request, response, () => undefined);
  });
  server.on("checkContinue", (request, response) => {
    void handle(request, response, () => response.writeContinue());
  });
  server.on("checkExpectation", (request, response) => {
    counts.add("bad_http", undefined, undefined);
    writeAnswer(request, response, { outcome: "bad_http" });
  });
  // Without a listener Node closes the connection without a word, and nobody counts it.
  server.on("connect", (_request, socket) => refuse(socket, "wrong_method"));
  server.on("upgrade", (_request, socket) => refuse(socket, "wrong_method"));
  server.on("drop", () => counts.add("too_many_connections", undefined, undefined));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const exchange = open.get(socket);
    const outcome = outcomeOfError(error);
    if (exchange?.isAnswered && !exchange.request.complete) {
      // The rest of a refused body.
      socket.destroy();
      return;
    }
    if (exchange?.isAnswered === false && exchange.request.complete) {
      if (!exchange.isLast) counts.add(outcome, undefined, undefined);
      exchange.isLast = true;
      socket.pause();
      return;
    }
    if (exchange?.isAnswered === false) {
      // The one who reads the body sees it closed, and counts.
      exchange.fault = outcome;
      if (exchange.response.headersSent) socket.destroy();
      else endWith(socket, outcome);
      return;
    }
    // An idle connection that breaks off, or never said a word, was no request.
    const hasSpoken = "bytesRead" in socket && Number(socket.bytesRead) > 0;
    if (error.code === "ECONNRESET" || !hasSpoken) {
      socket.destroy();
      return;
    }
    refuse(socket, outcome);
  });

  function refuse(socket: Duplex, outcome: Outcome): void {
    counts.add(outcome, undefined, undefined);
    endWith(socket, outcome);
  }

  return server;
}

function outcomeOfError({ code }: NodeJS.ErrnoException): Outcome {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "timed_out";
  if (code === "HPE_HEADER_OVERFLOW") return "head_too_large";
  if (code === "HPE_INVALID_EOF_STATE") return "aborted";
  return code?.startsWith("HPE_") ? "bad_http" : "aborted";
}

/** For connections of which there is no request to answer. */
function endWith(socket: Duplex, outcome: Outcome): void {
  const { status } = OUTCOMES[outcome];
  if (status === undefined || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(`HTTP/1.1 ${status} \r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  socket.once("finish", () => socket.destroy());
}
