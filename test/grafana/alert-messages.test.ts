import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emitGrafana } from "../../packages/cli/src/emit/grafana/emit-grafana.ts";
import { type ReachedGrafana, reachReal, realGrafana } from "../harness/grafana/reach.ts";
import {
  EVIL_SERVICE,
  linesOf,
  messageModel,
  paneOf,
  pushLines,
  STACK,
  startExporter,
} from "../harness/message-cases.ts";
import { type Rulers, startRulers } from "../harness/rulers.ts";
import { until } from "../harness/until.ts";

// Only a real Grafana expands texts and runs queries: with GRAFANA_URL, one that reaches this machine's
// loopback. Loki has its stock limits here, which a query of a rule must not hit: then the rule would
// say "no data" instead of firing.
const PREFIX = `slm-${process.pid}`;
const SOURCES = { loki: `${PREFIX}-loki`, prometheus: `${PREFIX}-prometheus`, tempo: "none" };

describe.skipIf(realGrafana() === undefined)("messages of a real Grafana", () => {
  let rulers: Rulers;
  let exporter: Server;
  let grafana: ReachedGrafana;
  let folders: string[] = [];
  let rules: string[] = [];

  beforeAll(async () => {
    grafana = await reachReal();
    exporter = await startExporter();
    const { port } = exporter.address() as AddressInfo;
    rulers = await startRulers({ files: [], maxQuerySeries: 500, scrape: `127.0.0.1:${port}` });
    await pushLines(rulers.lokiUrl);
    await addSource("loki", rulers.lokiUrl);
    await addSource("prometheus", rulers.prometheusUrl);
    await addRules();
  }, 180_000);

  afterAll(async () => {
    for (const uid of rules) await grafana.call("DELETE", `${ALERT_RULES}/${uid}`);
    for (const uid of folders) await grafana.call("DELETE", `/api/folders/${uid}`);
    for (const type of ["loki", "prometheus"]) {
      await grafana.call("DELETE", `/api/datasources/uid/${PREFIX}-${type}`);
    }
    await rulers?.stop();
    exporter?.closeAllConnections();
    exporter?.close();
  });

  test("the message holds the newest matching line as it is, and what else is known of it", async () => {
    const { annotations } = await firing("Payments fail");
    expect(annotations["line"]).toBe(STACK);
    expect(annotations["description"]).toBe(
      `2 {{ .Evil }} $x {"a": 1} \${y} in \u2028 api (1.2.4, 2 users): ${STACK}`,
    );
    expect(annotations["summary"]).toBe(STACK.replaceAll(/\s+/g, " "));
    const pane = paneOf(annotations);
    expect(pane.expr).toBe(annotations["logs_query"]);
    const lines = await linesOf(rulers.lokiUrl, pane.expr, pane.from, pane.to);
    expect(lines).toEqual(expect.arrayContaining([STACK]));
  });

  test("names that mean something in LogQL, JSON, addresses and templates break nothing", async () => {
    const { annotations, labels } = await firing("Any service");
    expect(labels["service_name"]).toBe(EVIL_SERVICE);
    expect(annotations["line"]).toBe("card {{lost}} by nobody");
    const pane = paneOf(annotations);
    expect(await linesOf(rulers.lokiUrl, pane.expr, pane.from, pane.to)).toEqual([
      "card {{lost}} by nobody",
    ]);
    const silence = new URL(annotations["silence_url"] ?? "");
    expect(silence.searchParams.getAll("matcher")).toEqual([
      "alertname=Any service",
      "deployment_environment_name=production",
      `service_name=${EVIL_SERVICE}`,
    ]);
  });

  test("a thousand different lines do not silence the rule on Loki's stock limits", async () => {
    const { annotations } = await firing("Many different lines");
    expect(annotations).toMatchObject({
      line: "order 999 lost",
      template: "order * lost",
      count: "1000",
      users: "",
    });
  });

  test("every other form fires with its own words", async () => {
    const summaries: Record<string, string | RegExp> = {
      "Long lines": "Long lines: 1 line in 5m in big",
      "Too quiet": "Too quiet: 0 lines in 5m in cron",
      Crashed: "Crashed: web died (oom_proven)",
      "New error": "New error: cannot read * of undefined in web",
      "By field": "By field: 1 line in 5m in shop",
      "From JSON": "From JSON: 1 line in 5m in legacy",
      "Slow answers": /^Slow answers: p95 latency of api is 2\.\d+s$/,
      "Failing answers": "Failing answers: error rate of api is 25%",
      "No heartbeat": "No heartbeat: no lines of gone for 10m",
    };
    for (const [name, summary] of Object.entries(summaries)) {
      const { annotations } = await firing(name);
      expect(annotations["summary"]).toMatch(summary);
      expect(Object.values(annotations).join("\n")).not.toMatch(/no value|failed to expand/);
    }
  });

  const ALERT_RULES = "/api/v1/provisioning/alert-rules";

  async function addSource(type: "loki" | "prometheus", url: string): Promise<void> {
    const body = { name: SOURCES[type], uid: SOURCES[type], type, access: "proxy", url };
    expect((await grafana.call("POST", "/api/datasources", body)).status).toBe(200);
  }

  /** With uids and a folder of the test's own. */
  async function addRules(): Promise<void> {
    const model = messageModel({
      kind: "grafana",
      name: "test",
      url: "http://127.0.0.1",
      token: undefined,
      orgId: undefined,
      folder: PREFIX,
      datasources: SOURCES,
      isEditable: false,
    });
    const groups = new Map<string, string>();
    for (const { kind, id, body } of emitGrafana(model)) {
      if (kind === "folder") {
        await grafana.call("POST", "/api/folders", { uid: id, title: body["title"] });
        folders = [...folders, id];
      }
      if (kind !== "rule") continue;
      const { interval: _, ...rule } = body;
      const uid = `${PREFIX}-${rules.length}`;
      const reply = await grafana.call("POST", ALERT_RULES, { ...rule, uid, orgID: 1 });
      expect(reply.status, JSON.stringify(reply.body)).toBe(201);
      rules = [...rules, uid];
      groups.set(String(rule["ruleGroup"]), String(rule["folderUID"]));
    }
    for (const [group, folder] of groups) {
      const path = `/api/v1/provisioning/folder/${folder}/rule-groups/${encodeURIComponent(group)}`;
      const { body } = await grafana.call("GET", path);
      await grafana.call("PUT", path, { ...body, interval: 10 });
    }
  }

  interface Firing {
    readonly state: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }

  function firing(name: string): Promise<Firing> {
    return until(`the alert ${name} to fire`, async () => {
      const { body } = await grafana.call("GET", "/api/prometheus/grafana/api/v1/rules");
      const groups = body.data.groups as { rules: { name: string; alerts?: Firing[] }[] }[];
      return groups
        .flatMap((group) => group.rules)
        .filter((rule) => rule.name === name)
        .flatMap((rule) => rule.alerts ?? [])
        .find(({ state }) => state.startsWith("Alerting"));
    });
  }
});
