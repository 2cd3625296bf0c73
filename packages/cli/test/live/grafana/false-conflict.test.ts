import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createGrafanaClient } from "../../../src/live/grafana/client.ts";
import { sendThroughFalseConflicts } from "../../../src/live/grafana/false-conflict.ts";

const REQUEST = {
  method: "POST",
  path: "/api/dashboards/db",
  body: { dashboard: { uid: "orders", version: 3 }, overwrite: false },
} as const;

/** Answers the first writes with 412; says that the version is `stored`. */
async function sendTo({ refusals, stored }: { refusals: number; stored: number }) {
  let writes = 0;
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      response.end(JSON.stringify({ dashboard: { uid: "orders", version: stored } }));
      return;
    }
    writes += 1;
    response.statusCode = writes <= refusals ? 412 : 200;
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = createGrafanaClient({ url: `http://127.0.0.1:${port}`, token: "glsa_x" });
  const answer = await sendThroughFalseConflicts(client, REQUEST);
  return { status: answer.status, writes };
}

describe("a dashboard that Grafana says somebody else changed", () => {
  it("is sent again where its version is still the one that was read", async () => {
    expect(await sendTo({ refusals: 2, stored: 3 })).toEqual({ status: "ok", writes: 3 });
  });

  it("is left alone where somebody did change it", async () => {
    expect(await sendTo({ refusals: 2, stored: 4 })).toEqual({ status: "fault", writes: 1 });
  });
});
