import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { type Context, context, ROOT_CONTEXT } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Signal } from "../../src/batch.ts";
import { createHttpTransport } from "../../src/http/http-transport.ts";
import { createSecretScrubber } from "../../src/http/secret-scrubber.ts";
import { type Clock, systemClock, type Transport } from "../../src/seams.ts";
import { createFakeClock } from "../fakes/fake-clock.ts";
import { makeBatch } from "../fixtures/batches.ts";
import { type Answer, type Receiver, respond, startReceiver } from "../fixtures/receiver.ts";

async function receive(answer?: Answer): Promise<Receiver> {
  const receiver = await startReceiver(answer);
  onTestFinished(() => receiver.close());
  return receiver;
}

interface Options {
  readonly headers?: Record<string, string>;
  readonly compression?: "gzip" | "none" | undefined;
  readonly clock?: Clock;
}

function connect(endpoint: string, options: Options = {}): Transport {
  const urlOf = (signal: Signal) => new URL(`${endpoint}/v1/${signal}`);
  const urls = { logs: urlOf("logs"), metrics: urlOf("metrics"), traces: urlOf("traces") };
  const headers = options.headers ?? {};
  const transport = createHttpTransport({
    urls,
    headers,
    compression: "compression" in options ? options.compression : "gzip",
    userAgent: "test/1",
    clock: options.clock ?? systemClock,
    scrub: createSecretScrubber(headers, Object.values(urls)),
  });
  onTestFinished(() => transport.shutdown());
  return transport;
}

/** A server that speaks bytes, not HTTP. */
async function serveBytes(onSocket: Parameters<typeof createServer>[1]): Promise<string> {
  const server: Server = createServer(onSocket);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a request", () => {
  test("carries the batch as zipped protobuf to the path of its signal", async () => {
    const receiver = await receive();
    const transport = connect(receiver.endpoint, { headers: { "x-tenant": "a" } });
    const outcome = await transport.send(makeBatch("hello", { signal: "traces" }), 10_000);
    expect(outcome).toEqual({ status: "success", rejectedRecords: 0 });
    const [request] = receiver.requests;
    expect(request?.path).toBe("/v1/traces");
    expect(request?.body.toString()).toBe("hello");
    expect(request?.headers).toMatchObject({
      "content-type": "application/x-protobuf",
      "content-encoding": "gzip",
      "user-agent": "test/1",
      "x-tenant": "a",
    });
  });

  test("is sent as it is without compression", async () => {
    const receiver = await receive();
    await connect(receiver.endpoint, { compression: "none" }).send(makeBatch("hello"), 10_000);
    expect(receiver.requests[0]?.headers["content-encoding"]).toBeUndefined();
    expect(receiver.requests[0]?.body.toString()).toBe("hello");
  });

  test("is sent as it is to a receiver on this machine, where nobody asks for another", async () => {
    const receiver = await receive();
    await connect(receiver.endpoint, { compression: undefined }).send(makeBatch("hello"), 10_000);
    expect(receiver.requests[0]?.headers["content-encoding"]).toBeUndefined();
  });

  test("takes a kept-alive socket again", async () => {
    const receiver = await receive();
    const sockets = new Set<unknown>();
    receiver.server.on("connection", (socket) => sockets.add(socket));
    const transport = connect(receiver.endpoint);
    for (let n = 0; n < 5; n += 1) await transport.send(makeBatch("x"), 10_000);
    expect(receiver.requests).toHaveLength(5);
    expect(sockets.size).toBe(1);
  });

  test("goes out again at once when the kept-alive socket turned out to be closed", async () => {
    let connections = 0;
    const endpoint = await serveBytes((socket) => {
      connections += 1;
      let requests = 0;
      socket.on("error", () => {});
      socket.on("data", (data) => {
        if (!data.includes("POST /v1/logs")) return;
        requests += 1;
        if (requests === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        else socket.resetAndDestroy();
      });
    });
    const transport = connect(endpoint);
    for (let n = 0; n < 3; n += 1) {
      expect((await transport.send(makeBatch("x"), 10_000)).status).toBe("success");
    }
    expect(connections).toBe(3);
  });

  test("runs where tracing is suppressed, whoever caused it", async () => {
    const storage = new AsyncLocalStorage<Context>();
    context.setGlobalContextManager({
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (active, run, thisArg, ...args) => storage.run(active, () => run.apply(thisArg, args)),
      bind: (_active, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
    onTestFinished(() => context.disable());
    const seen: boolean[] = [];
    const onRequest = () => {
      const active = storage.getStore();
      seen.push(active !== undefined && isTracingSuppressed(active));
    };
    const started = channel("http.client.request.start");
    started.subscribe(onRequest);
    onTestFinished(() => void started.unsubscribe(onRequest));
    const receiver = await receive();
    await connect(receiver.endpoint).send(makeBatch("x"), 10_000);
    expect(seen).toEqual([true]);
  });
});

describe("a receiver in trouble", () => {
  test("that is not there is retryable, with its address in the text", async () => {
    const receiver = await startReceiver();
    await receiver.close();
    const outcome = await connect(receiver.endpoint).send(makeBatch("x"), 10_000);
    expect(outcome).toMatchObject({ status: "retryable", cause: "unavailable" });
    expect(outcome.message).toContain(`${receiver.endpoint}/v1/logs: connect ECONNREFUSED`);
  });

  test.each([
    ["never answers", undefined],
    ["begins an answer and never ends it", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"],
  ])("that %s runs into the timeout", async (_name, beginning) => {
    const clock = createFakeClock();
    const received = vi.fn();
    const endpoint = await serveBytes((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        if (beginning) socket.write(beginning);
        received();
      });
    });
    const sending = connect(endpoint, { clock }).send(makeBatch("x"), 10_000);
    await vi.waitFor(() => expect(received).toHaveBeenCalled());
    clock.advance(10_000);
    const outcome = await sending;
    expect(outcome).toMatchObject({ status: "retryable", cause: "unavailable" });
    expect(outcome.message).toContain("no answer within 10000 ms");
    expect(clock.pendingDelays()).toEqual([]);
  });

  test.each([
    ["speaks no HTTP", "I am an SMTP server\r\n"],
    ["hangs up", ""],
  ])("that %s is retryable", async (_name, text) => {
    const endpoint = await serveBytes((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(text));
    });
    const outcome = await connect(endpoint).send(makeBatch("x"), 10_000);
    expect(outcome).toMatchObject({ status: "retryable", cause: "unavailable" });
  });

  test("that never stops talking is cut off", async () => {
    const closed = vi.fn();
    const receiver = await receive((response) => {
      response.writeHead(200, { "content-type": "application/x-protobuf" });
      const timer = setInterval(() => response.write(Buffer.alloc(32 * 1024)), 1);
      response.on("close", () => {
        clearInterval(timer);
        closed();
      });
    });
    const outcome = await connect(receiver.endpoint).send(makeBatch("x"), 10_000);
    expect(outcome).toMatchObject({ status: "success", unreadable: true });
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  test("that echoes the credentials does not get them into our texts", async () => {
    const headers = { authorization: "Bearer very-secret-token" };
    const receiver = await receive((response, request) =>
      response.writeHead(401).end(`bad header: ${request.headers.authorization}`),
    );
    const outcome = await connect(receiver.endpoint, { headers }).send(makeBatch("x"), 10_000);
    expect(outcome.message).toContain('not authorised: HTTP 401 "bad header: [hidden]"');
  });

  test("that redirects is not followed", async () => {
    const elsewhere = await receive();
    const receiver = await receive(respond(307, { location: `${elsewhere.endpoint}/v1/logs` }));
    const outcome = await connect(receiver.endpoint).send(makeBatch("x"), 10_000);
    expect(outcome).toMatchObject({ status: "retryable", cause: "endpoint" });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe("shutting down", () => {
  test("breaks off what is in flight, and sends nothing more", async () => {
    const received = vi.fn();
    const receiver = await receive(received);
    const transport = connect(receiver.endpoint);
    const sending = transport.send(makeBatch("x"), 10_000);
    await vi.waitFor(() => expect(received).toHaveBeenCalled());
    transport.shutdown();
    expect((await sending).status).toBe("retryable");
    expect((await transport.send(makeBatch("x"), 10_000)).status).toBe("retryable");
    expect(received).toHaveBeenCalledTimes(1);
  });
});

afterEach(() => vi.restoreAllMocks());
