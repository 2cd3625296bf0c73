import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { createNoopMeter } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instrumentHttpServer } from "../../src/http/http-server.ts";
import { inFlightRequests } from "../../src/http/in-flight.ts";
import { setRoute } from "../../src/http/route.ts";
import { createServerExchanges } from "../../src/http/server-exchanges.ts";
import { createServerMetrics, type ServerMetrics } from "../../src/http/server-metrics.ts";
import { createValueCap } from "../../src/metrics/value-cap.ts";
import { currentScope } from "../../src/scope/request-scope.ts";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
/** Before, Node does not announce the streams of HTTP/2. */
const isAnnounced = major > 24 || (major === 24 && minor >= 3);

describe.runIf(isAnnounced)("HTTP/2", () => {
  let metrics: ServerMetrics;
  let stops: (() => void)[] = [];

  beforeEach(() => {
    metrics = createServerMetrics({
      meter: createNoopMeter(),
      routes: createValueCap(10, () => undefined),
      nowMillis: Date.now,
    });
    stops = [instrumentHttpServer(createServerExchanges({ tracing: undefined, metrics }))];
  });

  afterEach(() => {
    for (const stop of stops.reverse()) stop();
  });

  async function connect(server: http2.Http2Server): Promise<http2.ClientHttp2Session> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    client.on("error", () => undefined);
    stops.push(() => {
      client.destroy();
      server.close();
    });
    return client;
  }

  const found = () =>
    (metrics.duration.collect(Date.now())?.dataPoints ?? []).map(({ attributes: a, value }) => [
      value.count,
      a["network.protocol.version"],
      a["http.route"],
      a["http.response.status_code"],
      a["error.type"],
    ]);

  it("measures requests of the API that looks like node:http, each in a scope", async () => {
    const scopes: unknown[] = [];
    const server = http2.createServer((request, response) => {
      setRoute(request, "/things/:id");
      scopes.push(currentScope());
      request.on("data", () => scopes.push(currentScope()));
      request.on("end", () => response.writeHead(201).end("made"));
    });
    const client = await connect(server);
    for (const id of [1, 2]) {
      const stream = client.request({ ":method": "POST", ":path": `/things/${id}` });
      stream.end("body");
      await once(stream.resume(), "close");
    }
    await expect.poll(found).toEqual([[2, "2", "/things/:id", 201, undefined]]);
    expect(scopes).toHaveLength(4);
    expect(scopes[0]).toBeDefined();
    expect(scopes[1]).toBe(scopes[0]);
    expect(scopes[3]).toBe(scopes[2]);
    expect(scopes[2]).not.toBe(scopes[0]);
    expect(inFlightRequests()).toBe(0);
  });

  it("measures streams, and those whose client leaves", async () => {
    const server = http2.createServer();
    server.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      if (headers[":path"] === "/hang") return;
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
    const client = await connect(server);
    await once(client.request({ ":path": "/" }).resume(), "close");
    await expect.poll(found).toEqual([[1, "2", undefined, 200, undefined]]);
    const left = client.request({ ":path": "/hang" });
    left.on("error", () => undefined);
    await once(server, "stream");
    expect(inFlightRequests()).toBe(1);
    left.close(http2.constants.NGHTTP2_CANCEL);
    await expect.poll(() => found().at(-1)).toEqual([1, "2", undefined, undefined, "aborted"]);

    client.request({ ":path": "/hang" }).on("error", () => undefined);
    await once(server, "stream");
    client.destroy();
    await expect.poll(inFlightRequests).toBe(0);
  });
});
