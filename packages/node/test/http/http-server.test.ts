import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { instrumentHttpServer } from "../../src/http/http-server.ts";
import { inFlightRequests } from "../../src/http/in-flight.ts";
import { createServerExchanges } from "../../src/http/server-exchanges.ts";
import { observeRequests, type RequestOutcome } from "../../src/scope/observe-requests.ts";
import { currentScope, type RequestScope } from "../../src/scope/request-scope.ts";

type Ended = { readonly scope: RequestScope; readonly outcome: RequestOutcome };

let stops: (() => void)[] = [];
let ended: Ended[] = [];
let checks: (() => void)[] = [];

beforeEach(() => {
  ended = [];
  checks = [];
  stops = [
    instrumentHttpServer(createServerExchanges({ tracing: undefined, metrics: undefined })),
    observeRequests({
      onEnd(scope, outcome) {
        ended.push({ scope, outcome });
        for (const check of checks) check();
      },
    }),
  ];
});

afterEach(() => {
  for (const stop of stops.reverse()) stop();
});

function untilEnded(count: number): Promise<void> {
  return new Promise((resolve) => {
    const check = () => ended.length >= count && resolve();
    checks.push(check);
    check();
  });
}

async function serve(
  handler: http.RequestListener,
): Promise<{ server: http.Server; port: number }> {
  const server = http.createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: (server.address() as net.AddressInfo).port };
}

/** Sends raw bytes on one connection and waits until this many answers have come. */
async function talk(port: number, text: string, answers: number): Promise<string> {
  const socket = net.connect(port, "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1").write(text);
  for await (const part of socket) {
    received += part;
    if (received.split("HTTP/1.1 ").length > answers) break;
  }
  return received;
}

const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;

it("gives each request a scope of its own, on one connection after another and pipelined", async () => {
  const seen: { url: string | undefined; scopes: (RequestScope | undefined)[] }[] = [];
  const { port } = await serve(async (request, response) => {
    const scopes = [currentScope()];
    seen.push({ url: request.url, scopes });
    await new Promise((resolve) => setTimeout(resolve, request.url === "/1" ? 30 : 1));
    scopes.push(currentScope());
    process.nextTick(() => scopes.push(currentScope()));
    response.end("ok", () => scopes.push(currentScope()));
  });
  await talk(port, ["/1", "/2", "/3"].map((path) => get(path)).join(""), 3);
  await talk(port, get("/4"), 1);
  await untilEnded(4);

  expect(seen.map(({ url }) => url)).toEqual(["/1", "/2", "/3", "/4"]);
  for (const { scopes } of seen) {
    expect(scopes[0]).toBeDefined();
    expect(new Set(scopes).size).toBe(1);
  }
  expect(new Set(seen.map(({ scopes }) => scopes[0])).size).toBe(4);
  expect(new Set(ended.map(({ scope }) => scope)).size).toBe(4);
  expect(currentScope()).toBeUndefined();
});

it("keeps the scope in what the socket tells: parts of a body, its end, a client that leaves", async () => {
  const events: [string, boolean][] = [];
  let scope: RequestScope | undefined;
  const { port } = await serve((request, response) => {
    scope = currentScope();
    const note = (event: string) => () => events.push([event, currentScope() === scope]);
    request.on("data", note("data")).on("error", note("error")).on("close", note("request close"));
    response.on("close", note("response close"));
  });
  const socket = net.connect(port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello");
  await expect.poll(() => events.length).toBe(1);
  socket.write("again");
  await expect.poll(() => events.length).toBe(2);
  socket.destroy();
  await untilEnded(1);
  await expect.poll(() => events.map(([event]) => event)).toContain("response close");

  expect(events.every(([, isInScope]) => isInScope)).toBe(true);
  expect(ended).toEqual([
    {
      scope,
      outcome: { statusCode: undefined, isAborted: true, durationSeconds: expect.any(Number) },
    },
  ]);
});

it("does not leak a scope into what belongs to the connection", async () => {
  const outside: unknown[] = [];
  const { server, port } = await serve((_request, response) => response.end());
  server.on("connection", (socket) => {
    outside.push(currentScope());
    socket.on("data", () => outside.push(currentScope()));
    socket.on("close", () => outside.push(currentScope()));
  });
  await talk(port, get("/") + get("/"), 2);
  await untilEnded(2);
  await expect.poll(() => outside.length).toBeGreaterThan(2);
  expect(outside.every((scope) => scope === undefined)).toBe(true);
});

it("counts requests in flight exactly, pipelined ones that were cut off too", async () => {
  const responses: http.ServerResponse[] = [];
  const { port } = await serve((_request, response) => responses.push(response));
  const socket = net.connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write([get("/1"), get("/2"), get("/3")].join(""));
  await expect.poll(() => responses.length).toBe(3);
  expect(inFlightRequests()).toBe(3);

  responses[0]?.end("first");
  await untilEnded(1);
  expect(inFlightRequests()).toBe(2);
  socket.destroy();
  await untilEnded(3);
  responses[1]?.end("too late");
  await new Promise((resolve) => setImmediate(resolve));

  expect(inFlightRequests()).toBe(0);
  expect(ended.map(({ outcome }) => [outcome.statusCode, outcome.isAborted])).toEqual([
    [200, false],
    [undefined, true],
    [undefined, true],
  ]);
});

it("stays exact over aborts at every moment, half heads and slow bodies", async () => {
  const { port } = await serve((request, response) => {
    request.resume();
    if (request.url === "/stream") {
      response.write("x".repeat(100_000));
      response.write("y");
    } else if (request.url === "/late") setTimeout(() => response.end("late"), 5);
    else if (request.url === "/destroy") response.destroy();
    else response.end("now");
  });
  const bodies = ["", "Content-Length: 9\r\n", "Transfer-Encoding: chunked\r\n"];
  let begun = 0;
  for (let index = 0; index < 120; index += 1) {
    const path = ["/now", "/late", "/stream", "/destroy"][index % 4];
    const isWhole = index % 5 !== 0;
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\n${bodies[index % 3]}${isWhole ? "\r\n" : ""}`;
    if (isWhole) begun += 1;
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", () => undefined).resume();
    await new Promise<void>((resolve) => socket.write(head, () => resolve()));
    if (index % 2 === 0) setTimeout(() => socket.destroy(), index % 7);
    else socket.end();
  }
  await untilEnded(begun);
  expect(inFlightRequests()).toBe(0);
  expect(ended).toHaveLength(begun);
});

it("says of a request that it has failed when the answer is 5xx", async () => {
  const { port } = await serve((request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    response.end();
  });
  await talk(port, get("/200") + get("/404") + get("/503"), 3);
  await untilEnded(3);
  expect(ended.map(({ scope }) => scope.hasFailed ?? false)).toEqual([false, false, true]);
});

it("takes the session from baggage, and nothing that does not look like one", async () => {
  const { port } = await serve((_request, response) => response.end());
  const bad = "Baggage: session.id=bad%0Aid\r\n";
  await talk(port, get("/", "Baggage: a=b,session.id=abcd1234\r\n") + get("/", bad) + get("/"), 3);
  await untilEnded(3);
  expect(ended.map(({ scope }) => scope.sessionId)).toEqual(["abcd1234", undefined, undefined]);
});

it("hands over upgrades and CONNECT inside of a scope, and counts no request", async () => {
  const { server, port } = await serve((_request, response) => response.end());
  const scopes: (RequestScope | undefined)[] = [];
  const take = (_request: http.IncomingMessage, socket: NodeJS.WritableStream) => {
    scopes.push(currentScope());
    socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n");
  };
  server.on("upgrade", take).on("connect", take);
  await talk(port, get("/"), 1);
  await untilEnded(1);
  await talk(
    port,
    get("/ws", "Connection: upgrade\r\nUpgrade: websocket\r\nBaggage: session.id=abcd1234\r\n"),
    1,
  );
  await talk(port, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 1);

  expect(scopes).toEqual([{ sessionId: "abcd1234" }, {}]);
  expect(ended).toHaveLength(1);
  expect(inFlightRequests()).toBe(0);
});

it("keeps an observer that throws from everybody else", async () => {
  stops.push(
    observeRequests({
      onEnd() {
        throw new Error("a bug");
      },
    }),
  );
  const { port } = await serve((_request, response) => response.end());
  await talk(port, get("/") + get("/"), 2);
  await untilEnded(2);
  expect(ended).toHaveLength(2);
});

it("keeps its count over a stop and a new start while a request is under way", async () => {
  const open: http.ServerResponse[] = [];
  const { port } = await serve((_request, response) => open.push(response));
  const answer = talk(port, get("/"), 1);
  await expect.poll(() => open.length).toBe(1);
  stops[0]?.();
  stops.push(
    instrumentHttpServer(createServerExchanges({ tracing: undefined, metrics: undefined })),
  );
  open[0]?.end("late");
  expect(await answer).toContain("late");

  await expect.poll(inFlightRequests).toBe(0);
  expect(ended).toEqual([]);
});

it("leaves everything as it was when it is stopped", async () => {
  const { port } = await serve((_request, response) => response.end(String(currentScope())));
  expect(Object.hasOwn(http.IncomingMessage.prototype, "emit")).toBe(true);
  for (const stop of stops.slice(0, 2)) stop();
  const answer = await talk(port, get("/"), 1);

  expect(answer).toContain("undefined");
  expect(Object.hasOwn(http.IncomingMessage.prototype, "emit")).toBe(false);
  expect(Object.hasOwn(http.IncomingMessage.prototype, "route")).toBe(false);
  expect(ended).toEqual([]);
});
