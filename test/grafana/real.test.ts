import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LokiEngine, startLoki } from "../../packages/cli/src/rule-test/engines/loki.ts";
import { TOOLS, type ToolName } from "../../packages/cli/src/stack/tools.ts";
import {
  createGrafanaProject,
  type GrafanaProject,
  type RunResult,
} from "../../packages/cli/test/support/grafana-project.ts";
import { freePort } from "../harness/free-port.ts";
import { grafanaHome, type RealServer, startRealServer } from "../harness/grafana/real-server.ts";
import { until } from "../harness/until.ts";

const CACHE = process.env["SIGHTLINE_CACHE"] ?? join(homedir(), ".cache/sightline");
const TENANT = "sightline";
const LINE = 'payment failed: card "4111" declined by $gateway {{ x }}';

/** What rules say of themselves: state and health. */
interface RuleStatus {
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly lastError?: string;
  readonly alerts?: readonly { readonly annotations: Readonly<Record<string, string>> }[];
}

// A Grafana of the test's own (GRAFANA_HOME: a folder with bin/grafana, conf and public) before a real
// Loki and a real Prometheus; everything goes in by `sightline apply`.
describe.runIf(grafanaHome())("apply to a real Grafana", () => {
  let folder: string;
  let loki: LokiEngine;
  let prometheus: { readonly url: string; readonly child: ChildProcess };
  let server: RealServer;
  let project: GrafanaProject;
  let hooks: {
    readonly url: string;
    readonly received: Record<string, unknown>[];
    readonly server: Server;
  };
  const abort = new AbortController();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sightline-real-"));
    loki = await startLoki(serverBinary("loki"), folder, abort.signal);
    prometheus = await startPrometheus(folder);
    hooks = await startHooks();
    server = await startRealServer(grafanaHome() ?? "", {
      "datasources/servers.yaml": datasources(loki.url, prometheus.url),
    });
    const token = await createToken(server);
    project = createGrafanaProject({ url: server.url, token });
    writeFileSync(project.file, spec(server.url, hooks.url));
  }, 180_000);

  afterAll(async () => {
    project?.remove();
    await server?.stop();
    await loki?.stop();
    prometheus?.child.kill("SIGKILL");
    hooks?.server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const statuses = async (): Promise<readonly RuleStatus[]> => {
    const answer = await fetch(`${server.url}/api/prometheus/grafana/api/v1/rules`, {
      headers: { authorization: server.authorization },
    });
    const body = (await answer.json()) as {
      readonly data: { readonly groups: readonly { readonly rules: readonly RuleStatus[] }[] };
    };
    return body.data.groups.flatMap(({ rules }) => rules);
  };
  const statusOf = async (name: string): Promise<RuleStatus | undefined> =>
    (await statuses()).find((rule) => rule.name === name);

  it("stores everything, and has nothing to do then", { timeout: 120_000 }, async () => {
    const applied = await project.run(["apply", "--yes"]);
    expectOk(applied);
    const planned = await project.run(["plan"]);
    expectOk(planned);
    expectOk(await project.run(["drift"]));
  });

  it("every rule can be evaluated, all its queries", { timeout: 120_000 }, async () => {
    const headers = { authorization: server.authorization, "content-type": "application/json" };
    const answer = await fetch(`${server.url}/api/v1/provisioning/alert-rules`, { headers });
    const rules = (await answer.json()) as readonly {
      readonly title: string;
      readonly data: readonly { readonly refId: string }[];
    }[];
    expect(rules.length).toBeGreaterThan(30);
    // At once, where the scheduler would take minutes to come to each of them.
    for (const { title, data } of rules) {
      const evaluated = await fetch(`${server.url}/api/v1/eval`, {
        method: "POST",
        headers,
        body: JSON.stringify({ data, now: new Date().toISOString() }),
      });
      const { results } = (await evaluated.json()) as {
        readonly results?: Readonly<Record<string, { readonly error?: string }>>;
      };
      const faults = Object.values(results ?? {}).flatMap(({ error }) => error ?? []);
      expect({ title, status: evaluated.status, faults }).toEqual({
        title,
        status: 200,
        faults: [],
      });
      expect(Object.keys(results ?? {}).sort()).toEqual(data.map(({ refId }) => refId).sort());
    }
  });

  it("a matching line fires the alert; its message has the line", {
    timeout: 180_000,
  }, async () => {
    const push = async (): Promise<void> => {
      const now = Date.now();
      await loki.push(TENANT, now, [
        {
          atMillis: 0,
          text: LINE,
          stream: { service_name: "api", kind: "log", deployment_environment_name: "prod" },
          metadata: { severity_text: "ERROR", severity_number: "17" },
        },
      ]);
    };
    await push();
    await push();
    // A line that comes between two queries of one evaluation is told of by the next.
    await until(
      "the log alert to fire with its line",
      async () => {
        const status = await statusOf("Payments fail");
        return status?.state === "firing" && status.alerts?.[0]?.annotations["line"] === LINE;
      },
      150_000,
    );
    const metric = await statusOf("Prometheus answers");
    expect(metric?.state).toBe("firing");
    const message = await until(
      "the message",
      () => hooks.received.find((body) => JSON.stringify(body).includes("payment failed")),
      120_000,
    );
    expect(String(message["message"])).toContain('card "4111" declined by $gateway {{ x }}');
  });

  it("an apply without changes writes nothing: the alert goes on firing", {
    timeout: 120_000,
  }, async () => {
    const again = await project.run(["apply", "--yes", "--json"]);
    expect(again.code).toBe(EXIT.ok);
    expect((await statusOf("Payments fail"))?.state).toBe("firing");
  });

  it("what is taken out of the file goes with --prune, and nothing of others", {
    timeout: 120_000,
  }, async () => {
    await fetch(`${server.url}/api/folders`, {
      method: "POST",
      headers: { authorization: server.authorization, "content-type": "application/json" },
      body: JSON.stringify({ uid: "foreign", title: "Of people" }),
    });
    writeFileSync(
      project.file,
      spec(server.url, hooks.url).replace(/ {2}- name: Prometheus answers[\s\S]*?tell: hook\n/, ""),
    );
    const pruned = await project.run(["apply", "--yes", "--prune"]);
    expectOk(pruned);
    expect(await statusOf("Prometheus answers")).toBeUndefined();
    expect((await statusOf("Payments fail"))?.state).toBe("firing");
    const foreign = await fetch(`${server.url}/api/folders/foreign`, {
      headers: { authorization: server.authorization },
    });
    expect(foreign.status).toBe(200);
    expectOk(await project.run(["plan"]));
  });

  it("two projects are applied at once, and each has what is its own", {
    timeout: 180_000,
  }, async () => {
    const token = await createToken(server, "others");
    const others = ["one", "two"].map((name) =>
      createGrafanaProject(
        { url: server.url, token },
        {
          project: name,
          alerts: `  - {name: "${name} is slow", metric: {service: ${name}, signal: p95}, when: above 1s, tell: ops}`,
        },
      ),
    );
    try {
      const runs = await Promise.all(others.map((other) => other.run(["apply", "--yes"])));
      for (const [index, run] of runs.entries()) {
        // What lost a race against the other is said, and the next apply does it.
        if (run.code !== EXIT.ok) expectOk((await others[index]?.run(["apply", "--yes"])) ?? run);
      }
      for (const other of [project, ...others]) expectOk(await other.run(["plan"]));
    } finally {
      for (const other of others) other.remove();
    }
  });
});

/** With what was printed, where it was not. */
function expectOk({ code, out, err }: RunResult): void {
  expect({ code, text: code === EXIT.ok ? "" : `${out}\n${err}` }).toEqual({
    code: EXIT.ok,
    text: "",
  });
}

function spec(url: string, hookUrl: string): string {
  return `project: real
contacts:
  - {name: ops, email: ops@example.org}
  - {name: chat, slack: "\${env:SLACK_WEBHOOK_URL}"}
  - {name: hook, webhook: {url: "${hookUrl}"}}
mute_timings:
  - {name: nights, intervals: [{times: ["22:00-24:00"], weekdays: ["monday:friday"]}]}
routes:
  - {match: {severity: critical}, tell: ops, mute: nights}
alerts:
  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: more than 0 in 10m
    every: 10s
    tell: hook
  - name: Prometheus answers
    metric: {query: "max(prometheus_build_info)"}
    when: above 0
    every: 10s
    tell: hook
probes:
  - {name: shop, url: "https://shop.example.org/"}
slos:
  - name: API answers
    target: 99.9%
    service: api
    availability: true
targets:
  - name: prod
    grafana: {url: "${url}", token: "\${env:GRAFANA_TOKEN}"}
`;
}

function datasources(lokiUrl: string, prometheusUrl: string): string {
  return JSON.stringify({
    apiVersion: 1,
    datasources: [
      {
        name: "Loki",
        uid: "sightline-loki",
        type: "loki",
        access: "proxy",
        url: lokiUrl,
        jsonData: { httpHeaderName1: "X-Scope-OrgID" },
        secureJsonData: { httpHeaderValue1: TENANT },
      },
      {
        name: "Prometheus",
        uid: "sightline-prometheus",
        type: "prometheus",
        access: "proxy",
        url: prometheusUrl,
      },
    ],
  });
}

async function startPrometheus(folder: string): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const config = join(folder, "prometheus.yml");
  writeFileSync(
    config,
    `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: self, static_configs: [{targets: ["127.0.0.1:${port}"]}]}]\n`,
  );
  const binary = serverBinary("prometheus");
  const child = spawn(
    binary,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "tsdb")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  await until("Prometheus", async () => (await fetch(`${url}/-/ready`)).ok);
  return { url, child };
}

async function startHooks(): Promise<{
  url: string;
  received: Record<string, unknown>[];
  server: Server;
}> {
  const received: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    received.push(JSON.parse(text) as Record<string, unknown>);
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received, server };
}

async function createToken(
  { url, authorization }: RealServer,
  name = "sightline",
): Promise<string> {
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const account = await post("/api/serviceaccounts", { name, role: "Admin" });
  const token = await post(`/api/serviceaccounts/${String(account["id"])}/tokens`, {
    name: `${name}-ci`,
  });
  return String(token["key"]);
}

/** Where `sightline up` keeps what it built. */
function serverBinary(name: ToolName): string {
  const version = TOOLS.find((tool) => tool.name === name)?.version ?? "";
  return join(CACHE, name, version, name);
}
