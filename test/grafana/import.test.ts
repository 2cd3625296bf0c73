import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importCommand } from "../../packages/cli/src/commands/import.ts";
import { planCommand } from "../../packages/cli/src/commands/plan.ts";
import { createContext } from "../../packages/cli/src/context.ts";
import { type RecordedIo, recordIo } from "../../packages/cli/test/support/io.ts";
import { type Grafana, startGrafana } from "../harness/grafana/grafana.ts";

const SECRET = "https://hooks.example.org/T000/B000/canary";

/** What people made by hand, with the provenance of Grafana's own pages. */
async function seed(grafana: Grafana): Promise<void> {
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${grafana.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${grafana.token}`,
        "content-type": "application/json",
        "x-disable-provenance": "true",
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  };
  await send("POST", "/api/folders", { uid: "ops", title: "Ops / team A" });
  await send("POST", "/api/v1/provisioning/contact-points", {
    uid: "chat",
    name: "Ops chat",
    type: "slack",
    settings: { url: SECRET, title: "{{ .CommonLabels.alertname }}" },
  });
  await send("POST", "/api/v1/provisioning/contact-points", {
    uid: "mail",
    name: "Ops mail",
    type: "email",
    settings: { addresses: "ops@example.org;dev@example.org", singleEmail: false },
    disableResolveMessage: true,
  });
  await send("POST", "/api/v1/provisioning/mute-timings", {
    name: "nights",
    time_intervals: [
      {
        times: [{ start_time: "22:00", end_time: "24:00" }],
        weekdays: ["monday:friday"],
        location: "Europe/Berlin",
      },
    ],
  });
  await send("PUT", "/api/v1/provisioning/templates/words", {
    template: '{{ define "words" }}{{ .Status }} costs $5{{ end }}',
  });
  await send("POST", "/api/v1/provisioning/alert-rules", {
    uid: "cpu-high",
    orgID: 1,
    title: "CPU high",
    folderUID: "ops",
    ruleGroup: "hosts",
    condition: "C",
    for: "5m",
    noDataState: "NoData",
    execErrState: "Error",
    labels: { severity: "page", price: "$5" },
    annotations: { summary: "{{ $labels.instance }} is busy" },
    data: [
      {
        refId: "A",
        relativeTimeRange: { from: 600, to: 0 },
        datasourceUid: "my-prometheus",
        model: { refId: "A", expr: "rate(cpu[5m])", instant: true },
      },
      {
        refId: "C",
        relativeTimeRange: { from: 0, to: 0 },
        datasourceUid: "__expr__",
        model: {
          refId: "C",
          type: "threshold",
          expression: "A",
          conditions: [{ type: "query", evaluator: { type: "gt", params: [0.9] } }],
        },
      },
    ],
  });
  await send("POST", "/api/dashboards/db", {
    folderUid: "ops",
    dashboard: {
      uid: "hosts",
      title: "Hosts",
      tags: ["team-a"],
      schemaVersion: 39,
      panels: [{ id: 1, type: "text", title: "Hello $you", gridPos: { x: 0, y: 0, w: 6, h: 4 } }],
    },
  });
}

describe.each(["11.0.0", "12.4.0", "13.2.0"])("import of a Grafana %s", (version) => {
  let grafana: Grafana;
  let folder: string;

  beforeEach(async () => {
    grafana = await startGrafana({ version });
    folder = mkdtempSync(join(tmpdir(), "sightline-import-"));
    await seed(grafana);
    grafana.clearRequests();
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await grafana.close();
  });

  const ioOf = (): RecordedIo => recordIo({ HOME: folder, GRAFANA_TOKEN: grafana.token });
  const importTo = async (file: string): Promise<{ code: number; io: RecordedIo }> => {
    const io = ioOf();
    return { code: await importCommand(createContext(io), [grafana.url], { out: file }), io };
  };

  it("gives a plan with nothing to do, and writes nothing", async () => {
    const file = join(folder, "sightline.yaml");
    const { code, io } = await importTo(file);
    expect(code).toBe(0);
    expect(io.stdout()).toMatch(/1 rules, 2 contact points, 1 mute timings, 1 templates, 1 dash/);
    const plan = ioOf();
    const exit = await planCommand(createContext(plan), { file });
    expect(plan.stdout() + plan.stderr()).toContain("0 to add, 0 to change, 0 to delete");
    expect(exit).toBe(0);
    expect(grafana.writes()).toEqual([]);
  });

  it("names each secret by a reference and writes none", async () => {
    const file = join(folder, "sightline.yaml");
    const { io } = await importTo(file);
    const text = readFileSync(file, "utf8");
    expect(text).toContain("url: ${env:OPS_CHAT_URL}");
    expect(text + io.stdout() + io.stderr()).not.toContain("canary");
    expect(text).not.toContain("[REDACTED]");
    expect(text).not.toContain(grafana.token);
  });

  it("never writes over a file", async () => {
    const file = join(folder, "sightline.yaml");
    await importTo(file);
    await expect(importTo(file)).rejects.toThrow("never overwritten");
  });
});
