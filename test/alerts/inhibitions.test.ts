import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emitStack } from "../../packages/cli/src/emit/stack/emit-stack.ts";
import { builtTool } from "../harness/built-tool.ts";
import { freePort } from "../harness/free-port.ts";
import { startServer, type TempServer } from "../harness/temp-server.ts";
import { until } from "../harness/until.ts";
import { compileYaml } from "./compile-yaml.ts";

type Labels = Readonly<Record<string, string>>;
interface ApiAlert {
  readonly labels: Labels;
  readonly status: { readonly inhibitedBy: readonly string[] };
}

const api = { service_name: "api", deployment_environment_name: "prod" };
const alert = (alertname: string, labels: Labels, severity = "warning"): Labels => ({
  alertname,
  severity,
  ...labels,
});

/** All at once; which of them are kept quiet. */
const FIRING: readonly (readonly [alert: Labels, isQuiet: boolean])[] = [
  [alert("Host silent", { host_name: "vm-1" }, "critical"), false],
  [alert("Service down", { ...api, host_name: "vm-1" }, "critical"), true],
  [alert("Service down", { ...api, host_name: "vm-2" }, "critical"), false],
  [alert("Host CPU", { host_name: "vm-1" }), true],
  [alert("Host CPU", { host_name: "vm-2" }), false],
  [alert("Error rate", api, "critical"), true],
  [alert("Error rate", { ...api, deployment_environment_name: "test" }, "critical"), false],
  [alert("Requests are slow", { ...api, service_name: "web" }), false],
  [alert("Restart loop", { ...api, service_name: "web", host_name: "vm-2" }, "critical"), false],
  [alert("Crash", { ...api, service_name: "web", host_name: "vm-2" }), true],
  [alert("Crash", { ...api, service_name: "web", host_name: "vm-3" }), false],
  [alert("Disk full", { host_name: "vm-2", mountpoint: "/" }, "critical"), false],
  [alert("Disk fills up", { host_name: "vm-2", mountpoint: "/" }), true],
  [alert("Disk fills up", { host_name: "vm-2", mountpoint: "/data" }), false],
  [alert("SLO A (1h)", { slo: "slo-a", slo_window: "1h" }, "critical"), false],
  [alert("SLO A (6h)", { slo: "slo-a", slo_window: "6h" }, "critical"), true],
  [alert("SLO A (3d)", { slo: "slo-a", slo_window: "3d" }), true],
  [alert("SLO B (3d)", { slo: "slo-b", slo_window: "3d" }), false],
  [alert("Mine", api, "critical"), false],
  [alert("Mine", api, "warning"), true],
  [alert("Mine", { ...api, host_name: "vm-1" }, "warning"), false],
  [alert("Watchdog", {}, "none"), false],
];

describe("What keeps what quiet, on the real Alertmanager", () => {
  let server: TempServer;
  let url: string;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "sightline-inhibitions-"));
    for (const { path, text } of emitStack(compileYaml("contacts: []\n").model)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const port = await freePort();
    url = `http://127.0.0.1:${port}/api/v2/alerts`;
    server = await startServer(
      builtTool("alertmanager", "prom/alertmanager", "alertmanager"),
      [
        `--config.file=${join(folder, "alertmanager/alertmanager.yml")}`,
        `--storage.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--cluster.listen-address=",
      ],
      { folder, port, readyText: "Listening on", stopSignal: "SIGTERM", runsAsRoot: true },
    );
    const sent = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(FIRING.map(([labels]) => ({ labels }))),
    });
    expect(sent.status).toBe(200);
  });
  afterAll(() => server.stop());

  it("silences consequences alone", async () => {
    const alerts = await until("all alerts", async () => {
      const found = (await (await fetch(url)).json()) as ApiAlert[];
      return found.length === FIRING.length && found;
    });
    const isQuiet = (labels: Labels): boolean | undefined => {
      const found = alerts.find(
        (each) => JSON.stringify(sorted(each.labels)) === JSON.stringify(sorted(labels)),
      );
      return found && found.status.inhibitedBy.length > 0;
    };
    expect(FIRING.map(([labels]) => [labels, isQuiet(labels)])).toEqual(FIRING);
  });
});

function sorted(labels: Labels): [string, string][] {
  return Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1));
}
