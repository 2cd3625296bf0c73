import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createGrafanaClient } from "../../src/live/grafana/client.ts";
import { notifyByGrafana } from "../../src/notify/notify-by-grafana.ts";
import { GRAFANA_TARGET, modelOf } from "../support/compile-text.ts";

const SPEC = "contacts: [{name: ops, email: ops@example.org}]\n";
const RESULTS = {
  receivers: [{ grafana_managed_receiver_configs: [{ name: "way 1", status: "ok" }] }],
};

/** A Grafana whose templates are stored, and whose Alertmanager runs with these routes. */
async function notifyWith(routes: readonly unknown[]) {
  let sent = 0;
  const server = createServer((request, response) => {
    if (request.url?.endsWith("/api/v2/status")) {
      response.end(JSON.stringify({ config: { route: { receiver: "default", routes } } }));
    } else if (request.url?.endsWith("/receivers/test")) {
      sent += 1;
      response.end(JSON.stringify(RESULTS));
    } else response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const { status } = await notifyByGrafana({
    client: createGrafanaClient({ url: `http://127.0.0.1:${port}`, token: "glsa_x" }),
    major: 11,
    model: modelOf(SPEC, GRAFANA_TARGET),
    contact: "ops",
    alert: { labels: {}, annotations: {} },
    orgId: undefined,
    secretOf: () => "",
    secrets: [],
  });
  return { status, sent };
}

describe("a test message by a Grafana", () => {
  it("is sent where its Alertmanager runs with what was applied", async () => {
    const ours = { receiver: "ops", object_matchers: [["sightline_project", "=", "shop"]] };
    expect(await notifyWith([ours])).toEqual({ status: "done", sent: 1 });
  });

  it("is not sent, empty as it would be, before Alertmanager has loaded the templates", async () => {
    const others = { receiver: "x", object_matchers: [["team", "=", "x"]] };
    expect(await notifyWith([others])).toEqual({ status: "not-loaded", sent: 0 });
  });
});
