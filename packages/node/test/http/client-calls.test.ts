import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createClientCalls } from "../../src/http/client-call.ts";
import { type ClientMetrics, createClientMetrics } from "../../src/http/client-metrics.ts";
import { instrumentFetch } from "../../src/http/fetch-client.ts";
import { instrumentHttpClient } from "../../src/http/http-client.ts";
import { createOwnTraffic } from "../../src/http/own-traffic.ts";
import { createValueCap } from "../../src/metrics/value-cap.ts";

let metrics: ClientMetrics;
let stops: (() => void)[] = [];
let server: http.Server;
let base: string;
let port: number;

beforeEach(async () => {
  server = http.createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  base = `http://127.0.0.1:${port}`;
  stops = [];
  instrument({});
});

afterEach(async () => {
  for (const stop of stops) stop();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

type Settings = {
  readonly maxPeers?: number;
  readonly maxTemplates?: number;
  readonly clientTemplate?: (url: string) => string | undefined;
};

function instrument({ maxPeers = 100, maxTemplates = 50, clientTemplate }: Settings): void {
  for (const stop of stops) stop();
  metrics = createClientMetrics({
    peers: createValueCap(maxPeers, () => undefined),
    createTemplateCap: () => createValueCap(maxTemplates, () => undefined),
    clientTemplate,
    nowMillis: Date.now,
  });
  const calls = createClientCalls({
    tracing: undefined,
    metrics,
    ownTraffic: createOwnTraffic([`${base}/v1/logs`]),
  });
  stops = [instrumentHttpClient(calls), instrumentFetch(calls)];
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  const [, what = ""] = (request.url ?? "").split("/");
  request.resume();
  if (what === "silent") return;
  if (what === "hangup") {
    response.socket?.destroy();
    return;
  }
  if (what === "half") {
    response.writeHead(200, { "content-length": 100 });
    response.write("half");
    if (request.url?.endsWith("/cut")) setTimeout(() => response.socket?.destroy(), 20);
    return;
  }
  response.statusCode = /^\d{3}$/.test(what) ? Number(what) : 200;
  response.end("body");
}

type Found = Record<string, unknown>;
const points = (): Found[] =>
  (metrics.duration.collect(Date.now())?.dataPoints ?? []).map(({ attributes, value }) => ({
    ...attributes,
    count: value.count,
  }));
const errorTypes = (): unknown[] => points().map((point) => point["error.type"]);

/** One call by `node:http`, its body read, its end awaited, whatever that is. */
async function call(url: string, options: http.RequestOptions = {}): Promise<void> {
  const open = url.startsWith("https:") ? https.request : http.request;
  const request = open(url, { agent: false, ...options });
  request.on("response", (response) => response.on("error", () => undefined).resume());
  request.on("error", () => undefined).on("timeout", () => request.destroy());
  request.end();
  await new Promise((resolve) => request.on("close", resolve));
}

async function fetched(url: string, init: RequestInit = {}): Promise<void> {
  await fetch(url, init).then(
    (response) => response.text().catch(() => undefined),
    () => undefined,
  );
}

async function freePort(): Promise<number> {
  const other = http.createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port: free } = other.address() as AddressInfo;
  other.close();
  await once(other, "close");
  return free;
}

const CLIENTS = [
  ["node:http", call],
  ["fetch", fetched],
] as const;

it.each(CLIENTS)(
  "measures a call of %s with its peer and the template of its path",
  async (_name, go) => {
    await go(`${base}/users/42?token=secret`);
    await go(`${base}/users/43`);
    await expect.poll(points).toEqual([
      {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": port,
        "url.scheme": "http",
        "url.template": "/users/{id}",
        count: 2,
      },
    ]);
  },
);

it.each(CLIENTS)("tells answers of 4xx and 5xx of %s apart", async (_name, go) => {
  for (const status of [404, 503]) await go(`${base}/${status}/x`);
  await expect.poll(errorTypes).toEqual(["404", "503"]);
});

it.each(CLIENTS)("says of %s that the connection was refused", async (_name, go) => {
  await go(`http://127.0.0.1:${await freePort()}/`);
  await expect.poll(errorTypes).toEqual(["connection_refused"]);
});

it.each(CLIENTS)("says of %s that a name is unknown", async (_name, go) => {
  await go("http://nobody.invalid/");
  await expect.poll(errorTypes).toEqual(["dns"]);
});

it.each(CLIENTS)("says of %s that the TLS handshake failed", async (_name, go) => {
  await go(`https://127.0.0.1:${port}/`);
  await expect.poll(errorTypes).toEqual(["tls"]);
});

it.each(CLIENTS)(
  "says of %s that the server hung up, before and in the answer",
  async (_name, go) => {
    await go(`${base}/hangup`);
    await go(`${base}/half/cut`);
    await expect.poll(errorTypes).toEqual(["connection_reset", "connection_reset"]);
  },
);

it.each(CLIENTS)("says of %s where a timeout struck", async (_name, go) => {
  await go(`${base}/silent`, { signal: AbortSignal.timeout(60) });
  await go(`${base}/half`, { signal: AbortSignal.timeout(60) });
  await expect.poll(errorTypes).toEqual(["timeout_headers", "timeout_body"]);
});

it.each(CLIENTS)("says of %s that the host gave up itself", async (_name, go) => {
  for (const path of ["/silent", "/half"]) {
    const controller = new AbortController();
    const gone = go(`${base}${path}`, { signal: controller.signal });
    await once(server, "request");
    setTimeout(() => controller.abort(), 30);
    await gone;
  }
  await expect.poll(errorTypes).toEqual(["aborted", "aborted"]);
});

it("tells a destroyed request of node:http from a server that hangs up, and its own timer", async () => {
  const request = http.get(`${base}/silent`, { agent: false }).on("error", () => undefined);
  await once(server, "request");
  request.destroy();
  await new Promise((resolve) => request.on("close", resolve));
  await call(`${base}/silent`, { timeout: 50 });
  expect(errorTypes()).toEqual(["aborted", "timeout_headers"]);
});

it("counts each attempt of a call that is repeated", async () => {
  for (let attempt = 0; attempt < 3; attempt += 1) await fetched(`${base}/503/again`);
  await expect.poll(() => points()[0]?.["count"]).toBe(3);
});

it("takes the user's own template, and its own where that gives none or fails", async () => {
  instrument({
    clientTemplate(url) {
      if (url.includes("/fail")) throw new Error("a bug");
      return url.includes("/pages/") ? "/pages/{slug}" : undefined;
    },
  });
  for (const path of ["/pages/about-us", "/users/7", "/fail"]) await fetched(`${base}${path}`);
  await expect
    .poll(() => points().map((point) => point["url.template"]))
    .toEqual(["/pages/{slug}", "/users/{id}", "/fail"]);
});

it("counts paths beyond a host's cap as _other, and hosts beyond theirs", async () => {
  instrument({ maxTemplates: 2, maxPeers: 1 });
  for (const path of ["/a", "/b", "/c", "/d"]) await fetched(`${base}${path}`);
  await fetched(`http://localhost:${port}/a`);
  const found = () => points().map((p) => [p["server.address"], p["url.template"], p["count"]]);
  await expect.poll(found).toEqual([
    ["127.0.0.1", "/a", 1],
    ["127.0.0.1", "/b", 1],
    ["127.0.0.1", "_other", 2],
    ["_other", "_other", 1],
  ]);
});

it("never measures its own exports, whatever their address looks like", async () => {
  for (const host of ["127.0.0.1", "localhost", "0x7f.1"]) {
    await fetched(`http://${host}:${port}/v1/logs`);
    await call(`http://${host}:${port}/v1/logs/?x=1`);
  }
  await fetched(`${base}/v1/other`);
  await expect.poll(() => points().map((point) => point["url.template"])).toEqual(["/v1/other"]);
});

it("keeps series few over ten thousand paths", async () => {
  const target = { scheme: "http", host: "a", port: 80 } as const;
  for (let index = 0; index < 10_000; index += 1) {
    const path = `/${String.fromCharCode(97 + (index % 26))}${"x".repeat(index % 31)}/${"y".repeat(index % 37)}`;
    const template = metrics.templateOf({ ...target, path });
    const outcome = { statusCode: 200, errorType: undefined };
    metrics.record({ target: { ...target, path }, method: "GET", template }, outcome, 0.1);
  }
  expect(points().length).toBeLessThanOrEqual(51);
  expect(points().reduce((sum, point) => sum + Number(point["count"]), 0)).toBe(10_000);
});
