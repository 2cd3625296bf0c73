import http from "node:http";
import https from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { Batch, Signal } from "../batch.ts";
import type { SendOutcome } from "../outcome.ts";
import type { Clock, Transport } from "../seams.ts";
import { decideOutcome, type HttpAnswer } from "./http-outcome.ts";
import { isLoopbackHost } from "./loopback.ts";
import type { Scrub } from "./secret-scrubber.ts";

/** An OTLP response is a few bytes; more than this is not one. */
const MAX_RESPONSE_BYTES = 64 * 1024;
const KEEP_ALIVE_MILLIS = 30_000;

const gzipAsync = promisify(gzip);

export interface HttpTransportOptions {
  readonly urls: Readonly<Record<Signal, URL>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: `none` to this machine, else `gzip`. */
  readonly compression: "gzip" | "none" | undefined;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly scrub: Scrub;
}

interface PreparedRequest {
  readonly url: URL;
  readonly headers: Record<string, string | number>;
  readonly body: Uint8Array;
}

/** OTLP over HTTP/1.1 with kept-alive sockets that never hold the process. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const agents = {
    "http:": new http.Agent({ keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MILLIS }),
    "https:": new https.Agent({ keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MILLIS }),
  };
  const inFlight = new Set<http.ClientRequest>();
  let isShutDown = false;

  async function prepare(batch: Batch): Promise<PreparedRequest> {
    const url = options.urls[batch.signal];
    const isGzip =
      (options.compression ?? (isLoopbackHost(url.hostname) ? "none" : "gzip")) === "gzip";
    const body = isGzip ? await gzipAsync(batch.body) : batch.body;
    const headers = {
      "user-agent": options.userAgent,
      ...options.headers,
      "content-type": "application/x-protobuf",
      ...(isGzip ? { "content-encoding": "gzip" } : {}),
      "content-length": body.length,
    };
    return { url, headers, body };
  }

  function open(prepared: PreparedRequest): http.ClientRequest {
    const { url, headers } = prepared;
    const requestOptions = { method: "POST", headers };
    // Instrumentation that watches our own sends would make telemetry of its telemetry, forever.
    return context.with(suppressTracing(ROOT_CONTEXT), () =>
      url.protocol === "https:"
        ? https.request(url, { ...requestOptions, agent: agents["https:"] })
        : http.request(url, { ...requestOptions, agent: agents["http:"] }),
    );
  }

  async function exchange(prepared: PreparedRequest, timeoutMillis: number): Promise<HttpAnswer> {
    const request = open(prepared);
    inFlight.add(request);
    let hasTimedOut = false;
    const cancel = options.clock.after(timeoutMillis, () => {
      hasTimedOut = true;
      request.destroy();
    });
    try {
      return await sendAndReadAnswer(request, prepared.body);
    } catch (error) {
      // Breaking off shows as "socket hang up" or "aborted", which would hide the reason.
      if (hasTimedOut) throw new Error(`no answer within ${timeoutMillis} ms`);
      if (isStaleSocket(request, error) && !isShutDown) return exchange(prepared, timeoutMillis);
      throw error;
    } finally {
      cancel();
      inFlight.delete(request);
    }
  }

  return {
    async send(batch, timeoutMillis): Promise<SendOutcome> {
      const { origin, pathname } = options.urls[batch.signal];
      try {
        const prepared = await prepare(batch);
        if (isShutDown) throw new Error("shut down");
        const answer = await exchange(prepared, timeoutMillis);
        const outcome = decideOutcome(batch.signal, answer, options.clock.now());
        if (outcome.message === undefined) return outcome;
        return { ...outcome, message: options.scrub(`${origin}${pathname}: ${outcome.message}`) };
      } catch (error) {
        const message = options.scrub(`${origin}${pathname}: ${describeNetworkError(error)}`);
        return { status: "retryable", cause: "unavailable", message };
      }
    },
    shutdown() {
      isShutDown = true;
      for (const request of inFlight) request.destroy(new Error("shut down"));
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}

/** The server closed an idle socket just as we took it again: no failure, the next one is fresh. */
function isStaleSocket(request: http.ClientRequest, error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return request.reusedSocket && (code === "ECONNRESET" || code === "EPIPE");
}

function describeNetworkError(error: unknown): string {
  // Several addresses of one name (::1, 127.0.0.1) fail together as an AggregateError without text.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && first.message !== "" ? first.message : "connection failed";
}

function sendAndReadAnswer(request: http.ClientRequest, body: Uint8Array): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    request.on("socket", (socket) => socket.unref());
    request.on("error", reject);
    request.on("response", (response) => readAnswer(response).then(resolve, reject));
    request.end(body);
  });
}

async function readAnswer(response: http.IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early destroys the socket, so an endless body costs no more than the bound.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, MAX_RESPONSE_BYTES - bytes));
    bytes += chunk.length;
    if (bytes > MAX_RESPONSE_BYTES) break;
  }
  return {
    httpStatus: response.statusCode ?? 0,
    contentType: response.headers["content-type"],
    retryAfter: response.headers["retry-after"],
    body: Buffer.concat(chunks),
    isCut: bytes > MAX_RESPONSE_BYTES,
  };
}
