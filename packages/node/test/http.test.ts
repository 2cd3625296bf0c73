import { once } from "node:events";
import http from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type OtlpReceiver, openReceiver } from "./support/otlp-receiver.ts";
import { type App, type DataDirectory, makeDataDirectory, runApp } from "./support/run-app.ts";

const SERVER_DURATION = "http.server.request.duration";
const CLIENT_DURATION = "http.client.request.duration";

let receiver: OtlpReceiver;
let data: DataDirectory;
let app: App;
let base: string;

beforeEach(async () => {
  receiver = await openReceiver();
  data = makeDataDirectory();
  app = startServer();
  base = await readBase(app);
});

afterEach(async () => {
  app.child.kill("SIGKILL");
  await app.ended;
  await receiver.close();
  data.remove();
});

function startServer(env: Record<string, string> = {}): App {
  return runApp("server.mjs", {
    endpoint: receiver.endpoint,
    dataDirectory: data.path,
    nodeArgs: ["--import", "@sightline/node/register"],
    env: { OTEL_METRIC_EXPORT_INTERVAL: "1000", ...env },
  });
}

async function readBase(server: App): Promise<string> {
  const port = /port=(\d+);/.exec(await server.prints(";"))?.[1];
  return `http://127.0.0.1:${port}`;
}

function logsOf(id: string) {
  return receiver.logs.filter((log) => log.attributes["id"] === id);
}

it("counts a mounted Express route by its template, failed requests too", async () => {
  await (await fetch(`${base}/items/41`)).text();
  await (await fetch(`${base}/items/42`)).text();
  await (await fetch(`${base}/items/43/broken`)).text();
  await (await fetch(`${base}/nowhere/44`)).text();
  const found = (attributes: Record<string, unknown>) =>
    receiver.point(SERVER_DURATION, attributes);
  await receiver.until(
    () => found({ "http.response.status_code": 404 }) !== undefined && receiver.spans.length === 4,
  );

  expect(found({ "http.route": "/items/:id" })).toMatchObject({
    count: 2,
    unit: "s",
    bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    attributes: {
      "http.request.method": "GET",
      "http.response.status_code": 200,
      "url.scheme": "http",
      "network.protocol.version": "1.1",
    },
  });
  expect(found({ "http.route": "/items/:id/broken" })).toMatchObject({
    count: 1,
    attributes: { "http.response.status_code": 500, "error.type": "500" },
  });
  const unmatched = found({ "http.response.status_code": 404 });
  expect(unmatched?.attributes).not.toHaveProperty("http.route");
  expect(receiver.spans.map((span) => span.name)).toContain("GET /items/:id/broken");
});

it("puts the stack of a logged error into the body, with fingerprints beside it", async () => {
  await (await fetch(`${base}/items/43/broken`)).text();
  await receiver.until(() => receiver.logs.length > 0);

  const [log] = receiver.logs;
  expect(log).toMatchObject({
    severityNumber: 17,
    attributes: {
      "exception.type": "Error",
      "exception.message": "no such luck",
      fp: expect.stringMatching(/^[0-9a-f]{16}$/),
      fpx: expect.stringMatching(/^[0-9a-f]{16}$/),
      fp_t: expect.stringContaining("no such luck"),
      fp_v: 1,
    },
  });
  expect(log?.body).toContain("request failed");
  expect(log?.body).toMatch(/\n\s+at .*server\.mjs/);
  expect(log?.attributes).not.toHaveProperty("exception.stacktrace");
});

it("gives concurrent requests traces of their own and each line the right one", async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `c${index}`);
  await Promise.all(ids.map(async (id) => (await fetch(`${base}/items/${id}`)).text()));
  await receiver.until(() => receiver.logs.length === 40 && receiver.spans.length === 20);

  const traceIds = new Set(receiver.spans.map((span) => span.traceId));
  expect(traceIds.size).toBe(20);
  for (const id of ids) {
    const [before, after] = logsOf(id);
    const span = receiver.spans.find((one) => one.attributes["url.path"] === `/items/${id}`);
    expect(before?.traceId).toBe(span?.traceId);
    expect(after?.traceId).toBe(span?.traceId);
    expect(after?.spanId).toBe(span?.spanId);
  }
});

it("keeps a request's trace from the next one on the same connection", async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  for (const id of ["first", "second", "third"]) {
    const request = http.get(`${base}/items/${id}`, { agent });
    request.on("socket", (socket) => sockets.add(socket));
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    response.resume();
    await once(response, "end");
  }
  agent.destroy();
  await receiver.until(() => receiver.logs.length === 6);

  expect(sockets.size).toBe(1);
  expect(new Set(receiver.logs.map((log) => log.traceId)).size).toBe(3);
  for (const id of ["first", "second", "third"]) {
    expect(new Set(logsOf(id).map((log) => log.traceId)).size).toBe(1);
  }
});

it("keeps the trace while a body arrives in parts and when the client leaves", async () => {
  const request = http.request(`${base}/parts`, { method: "POST" });
  request.on("error", () => undefined);
  request.write("one");
  await receiver.until(() => receiver.logs.some((log) => log.body === "part one"));
  request.write("two");
  await receiver.until(() => receiver.logs.some((log) => log.body === "part two"));
  request.destroy();
  await receiver.until(() => receiver.logs.some((log) => log.body === "client left"));
  await receiver.until(() => receiver.spans.length === 1);

  const traceIds = receiver.logs.map((log) => log.traceId);
  expect(new Set(traceIds)).toEqual(new Set([receiver.spans[0]?.traceId]));
});

it("continues the trace of the caller", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await (await fetch(`${base}/items/1`, { headers: { traceparent } })).text();
  await receiver.until(() => receiver.spans.length === 1);

  expect(receiver.spans[0]).toMatchObject({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    parentSpanId: "b7ad6b7169203331",
  });
});

it("counts a request whose client left as aborted, and no longer as active", async () => {
  const controller = new AbortController();
  const left = fetch(`${base}/hang`, { signal: controller.signal }).catch(() => "left");
  await receiver.until(() => receiver.logs.some((log) => log.body === "hanging"));
  await receiver.until(() => receiver.point("http.server.active_requests")?.value === 1);
  controller.abort();
  expect(await left).toBe("left");
  await receiver.until(() => receiver.point("http.server.active_requests")?.value === 0);

  const point = receiver.point(SERVER_DURATION, { "error.type": "aborted" });
  expect(point).toMatchObject({ count: 1, attributes: { "http.route": "/hang" } });
  expect(point?.attributes).not.toHaveProperty("http.response.status_code");
});

it("takes a route that setRoute names, and an unknown method as _OTHER", async () => {
  await (await fetch(`${base}/plain`)).text();
  const odd = http.request(`${base}/plain`, { method: "PROPFIND" }).end();
  const [response] = (await once(odd, "response")) as [http.IncomingMessage];
  response.resume();
  await receiver.until(
    () => receiver.point(SERVER_DURATION, { "http.request.method": "_OTHER" }) !== undefined,
  );

  expect(
    receiver.point(SERVER_DURATION, { "http.request.method": "GET" })?.attributes,
  ).toMatchObject({ "http.route": "/plain-route" });
});

it("measures and traces calls of fetch and node:http, without query and own exports", async () => {
  await (await fetch(`${base}/call?to=${encodeURIComponent(base)}`)).text();
  const refused = { "error.type": "connection_refused" };
  await receiver.until(
    () => receiver.point(CLIENT_DURATION, refused) !== undefined && receiver.spans.length === 6,
  );

  const port = Number(new URL(base).port);
  const peer = { "server.address": "127.0.0.1", "server.port": port };
  const found = (status: number) =>
    receiver.point(CLIENT_DURATION, { ...peer, "http.response.status_code": status });
  expect(found(200)).toMatchObject({ count: 1, unit: "s" });
  expect(found(404)).toMatchObject({ count: 1, attributes: { "error.type": "404" } });
  const own = receiver.points.filter((point) => point.attributes["server.port"] === receiver.port);
  expect(own).toEqual([]);

  expect(new Set(receiver.spans.map((span) => span.traceId)).size).toBe(1);
  const client = receiver.spans.find((one) => one.attributes["url.full"] === `${base}/items/1`);
  const called = receiver.spans.find((one) => one.attributes["url.path"] === "/items/1");
  expect(called?.parentSpanId).toBe(client?.spanId);
  expect(JSON.stringify(receiver.spans)).not.toContain("secret");
});

it("counts routes beyond the cap together and says so once", async () => {
  app.child.kill("SIGKILL");
  await app.ended;
  app = runApp("many-routes.mjs", {
    endpoint: receiver.endpoint,
    dataDirectory: data.path,
    env: { OTEL_METRIC_EXPORT_INTERVAL: "1000" },
  });
  base = await readBase(app);
  for (const name of ["a", "b", "c", "d"]) await (await fetch(`${base}/${name}`)).text();
  await receiver.until(
    () => receiver.point(SERVER_DURATION, { "http.route": "_other" })?.count === 2,
  );
  // Beside it comes what the recorder tells of the first application, which was killed.
  const own = () => receiver.logs.filter((log) => log.body.startsWith("sightline: "));
  await receiver.until(() => own().length > 0);

  expect(own().map((log) => log.body)).toEqual([
    'sightline: metric "http.server.request.duration", attribute "http.route": more than 2 distinct values, such as "/a", "/b", "/c"; what follows is counted as "_other"',
  ]);
});
