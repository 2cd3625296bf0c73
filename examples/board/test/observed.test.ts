import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { get, post, startBoard } from "./board-process.ts";

/** Takes OTLP and keeps the bytes: names are readable in protobuf and in JSON alike. */
async function startSink(): Promise<{ url: string; textOf(path: string): string }> {
  const received = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const plain = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    const path = request.url ?? "";
    received.set(path, (received.get(path) ?? "") + plain.toString("latin1"));
    const type = request.headers["content-type"] ?? "application/json";
    response.writeHead(200, { "content-type": type }).end(type.includes("json") ? "{}" : "");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    textOf: (path) => received.get(path) ?? "",
  };
}

test("loaded with Sightline it answers and crashes as before, and its signals arrive", async () => {
  const sink = await startSink();
  const data = await mkdtemp(join(tmpdir(), "board-sightline-"));
  onTestFinished(() => rm(data, { recursive: true }));
  const start = () =>
    startBoard(
      {
        OTEL_SERVICE_NAME: "board-under-test",
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_TRACES_SAMPLER: "always_on",
        SIGHTLINE_DATA: data,
      },
      ["--import", "@sightline/node/register"],
    );
  const first = await start();
  expect((await get(first, "/api/posts/1")).status).toBe(200);
  expect((await get(first, "/api/report")).status).toBe(200);
  await post(first, "/debug/crash");
  expect(await first.ended).toEqual({ code: 1, signal: null });
  expect(first.stderr()).toContain("at refreshDigest");

  // What a dying process could not send is on disk, and the next start sends it.
  const second = await start();
  onTestFinished(() => second.stop());
  expect((await get(second, "/api/posts/1")).status).toBe(200);
  const arrived = (path: string) => expect.poll(() => sink.textOf(path), { timeout: 15_000 });
  await arrived("/v1/logs").toContain("board-under-test");
  await arrived("/v1/logs").toContain("a crash was asked for");
  await arrived("/v1/traces").toContain("GET /api/posts/:id");
  await second.stop();
  await arrived("/v1/metrics").toContain("http.server.request.duration");
});
