import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { createNoopMeter } from "@opentelemetry/api";
import express from "express";
import fastify from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { instrumentHttpServer } from "../../src/http/http-server.ts";
import { setRoute } from "../../src/http/route.ts";
import { createServerExchanges } from "../../src/http/server-exchanges.ts";
import { createServerMetrics, type ServerMetrics } from "../../src/http/server-metrics.ts";
import { createValueCap } from "../../src/metrics/value-cap.ts";

let metrics: ServerMetrics;
let stops: (() => unknown)[] = [];

beforeEach(() => instrument(500));

afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
});

function instrument(maxRoutes: number): void {
  for (const stop of stops.reverse()) void stop();
  metrics = createServerMetrics({
    meter: createNoopMeter(),
    routes: createValueCap(maxRoutes, () => undefined),
    nowMillis: Date.now,
  });
  stops = [instrumentHttpServer(createServerExchanges({ tracing: undefined, metrics }))];
}

async function serve(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(url: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init);
  await response.text();
  return response.status;
}

const found = (): string[] =>
  (metrics.duration.collect(Date.now())?.dataPoints ?? []).map(
    ({ attributes: a, value }) =>
      `${value.count} ${a["http.request.method"]} ${a["http.route"] ?? "-"} ${a["http.response.status_code"]}`,
  );

it("reads Fastify's routes, with prefixes, and those of requests that a hook or a schema refuses", async () => {
  const app = fastify();
  app.get("/items/:id", async () => "ok");
  await app.register(
    async (v1) => {
      v1.addHook("onRequest", async (request, reply) => {
        if (request.headers.authorization === undefined) await reply.code(401).send("no");
      });
      v1.get("/users/:name", async () => "ok");
      v1.post(
        "/users",
        { schema: { body: { type: "object", required: ["a"] } } },
        async () => "ok",
      );
      v1.get("/broken/:id", async () => {
        throw new Error("broken");
      });
    },
    { prefix: "/v1" },
  );
  const base = await app.listen({ port: 0, host: "127.0.0.1" });
  stops.push(() => app.close());
  const authorization = { headers: { authorization: "x", "content-type": "application/json" } };
  await ask(`${base}/items/1`);
  await ask(`${base}/items/2`);
  await ask(`${base}/v1/users/ann`);
  await ask(`${base}/v1/users/ann`, authorization);
  await ask(`${base}/v1/users`, { ...authorization, method: "POST", body: "{}" });
  await ask(`${base}/v1/broken/1`, authorization);
  await ask(`${base}/nowhere/1`);
  await ask(`${base}/nowhere/2`);

  await expect
    .poll(found)
    .toEqual([
      "2 GET /items/:id 200",
      "1 GET /v1/users/:name 401",
      "1 GET /v1/users/:name 200",
      "1 POST /v1/users 400",
      "1 GET /v1/broken/:id 500",
      "2 GET - 404",
    ]);
});

it("reads Express' routes, nested, of lists, expressions, and after errors", async () => {
  const app = express();
  const inner = express.Router();
  inner.get("/", (_request, response) => void response.send("list"));
  inner.get("/:id", (_request, response) => void response.send("one"));
  inner.get("/:id/fail", (_request, _response, next) => next(new Error("no")));
  app.use("/api/items", inner);
  app.get(["/a", "/b"], (_request, response) => void response.send("ab"));
  app.get(/^\/x\d+$/, (request, response) => void response.send(String(request.route.path)));
  app.use(
    (_e: unknown, _q: unknown, response: express.Response, _n: unknown) =>
      void response.status(500).end(),
  );
  const base = await serve(app);
  for (const path of ["/api/items", "/api/items/7", "/api/items/7/fail", "/b", "/x12", "/none"]) {
    await ask(`${base}${path}`);
  }
  await expect
    .poll(found)
    .toEqual([
      "1 GET /api/items 200",
      "1 GET /api/items/:id 200",
      "1 GET /api/items/:id/fail 500",
      "1 GET /a,/b 200",
      "1 GET /^\\/x\\d+$/ 200",
      "1 GET - 404",
    ]);
});

it("makes no series out of a scan for things that are not there", async () => {
  const base = await serve(express());
  for (let index = 0; index < 200; index += 1) await ask(`${base}/wp-${index}.php?x=${index}`);
  await expect.poll(found).toEqual(["200 GET - 404"]);
});

it("counts routes beyond the cap together, ten thousand of them", async () => {
  instrument(3);
  const base = await serve((request, response) => {
    const count = Number(request.headers["x-routes"] ?? 1);
    for (let index = 0; index < count; index += 1) setRoute(request, `${request.url}/${index}`);
    response.end();
  });
  for (const path of ["/a", "/b", "/c", "/d", "/e"]) await ask(`${base}${path}`);
  await expect
    .poll(found)
    .toEqual(["1 GET /a/0 200", "1 GET /b/0 200", "1 GET /c/0 200", "2 GET _other 200"]);

  const exchange = { method: "GET", isSecure: false, protocolVersion: "1.1" } as never;
  for (let index = 0; index < 10_000; index += 1) {
    metrics.end(exchange, { statusCode: 200, isAborted: false, route: `/r${index}` }, 0.1);
  }
  expect(found()).toHaveLength(4);
  expect(found()[3]).toBe("10002 GET _other 200");
});

it("cuts a route that no person wrote, and takes no nonsense", async () => {
  const base = await serve((request, response) => {
    setRoute(request, "x".repeat(100_000));
    for (const bad of [undefined, null, 7, "text"]) setRoute(bad as never, "/never");
    setRoute(request, 7 as never);
    response.end();
  });
  await ask(base);
  await expect.poll(found).toEqual([`1 GET ${"x".repeat(256)} 200`]);
});
