import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLines, sendLines } from "../harness/otlp.ts";
import { type CliResult, createTestStack, type TestStack } from "../harness/stack.ts";
import { isRunning, until } from "../harness/until.ts";

describe("up, status, logs and down on the real servers", () => {
  let stack: TestStack;
  let first: CliResult;

  beforeAll(async () => {
    // Whatever engine this machine has, the agent of this stack has none.
    stack = await createTestStack({ DOCKER_HOST: "unix:///nowhere/docker.sock" });
    first = await stack.run("up", "--mode", "embedded");
  }, 300_000);

  afterAll(() => stack.dispose());

  it("reads every signal of the example back and exits 0", () => {
    expect(first.stderr).not.toContain("✗");
    expect(first.code).toBe(0);
    expect(first.stdout).toContain("every signal was read back");
    expect(first.stdout).toMatch(/✓ logs +\d+ lines of "board": .*info/);
    expect(first.stdout).toMatch(
      /✓ metrics +4\d\d requests counted, \d+ per minute in the last minute, p95 [\d.]+ m?s/,
    );
    expect(first.stdout).toMatch(/✓ traces +\d+ spans accepted/);
    for (const server of [
      "loki",
      "prometheus",
      "alertmanager",
      "blackbox",
      "collector",
      "agent",
      "gateway",
      "board",
    ]) {
      expect(first.stdout).toMatch(new RegExp(`${server} .* healthy`));
    }
  });

  it("has stored the example's lines under exactly four stream labels", async () => {
    const answer = await fetch(
      `${stack.url("loki")}/loki/api/v1/series?${new URLSearchParams({ "match[]": '{service_name="board"}' })}`,
    );
    const { data } = (await answer.json()) as { data: Record<string, string>[] };
    expect(data.length).toBeGreaterThan(0);
    for (const labels of data) {
      expect(Object.keys(labels).sort()).toEqual([
        "deployment_environment_name",
        "host_name",
        "kind",
        "service_name",
      ]);
      expect(labels["host_name"]).toBe("test-vm");
    }
  });

  it("joins a line to its trace and keeps severity as metadata", async () => {
    const lines = await readLines(stack.url("loki"), "board");
    const failed = lines.find(
      ({ fields }) => fields["severity_text"] === "ERROR" || fields["severity_text"] === "error",
    );
    expect(failed?.fields["trace_id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(Number(failed?.fields["severity_number"])).toBeGreaterThanOrEqual(17);
  });

  it("knows the route of a request and never its raw path", async () => {
    const query = new URLSearchParams({
      query:
        'group by (http_route) (http_server_request_duration_seconds_count{service_name="board"})',
    });
    const answer = await fetch(`${stack.url("prometheus")}/api/v1/query?${query}`);
    const { data } = (await answer.json()) as {
      data: { result: { metric: { http_route?: string } }[] };
    };
    const routes = data.result.map(({ metric }) => metric.http_route);
    expect(routes).toContain("/api/posts/:id");
    expect(routes.filter((route) => route && /\/\d+(\/|$)/.test(route))).toEqual([]);
  });

  it("serves the example's page with what it needs to send, and the gateway takes it", async () => {
    const page = await (await fetch(stack.url("board"))).text();
    expect(page).toContain(`data-gateway-url="${stack.url("gateway")}"`);
    expect((await fetch(`${stack.url("board")}/main.js`)).status).toBe(200);
    const [, key] = /data-gateway-key="([^"]+)"/.exec(page) ?? [];
    const send = (origin: string): Promise<Response> =>
      fetch(`${stack.url("gateway")}/c/${key}?t=${Date.now()}`, {
        method: "POST",
        headers: { "content-type": "text/plain", origin },
        body: JSON.stringify({
          meta: { app: { name: "board-web" } },
          logs: [{ message: "from the page", level: "warn", timestamp: new Date() }],
        }),
      });
    expect((await send("http://127.0.0.1:1")).status).toBe(403);
    expect((await send(stack.url("board"))).status).toBe(204);
    const [line] = await until("the line of the page", async () => {
      const lines = await readLines(stack.url("loki"), "board-web");
      return lines.length > 0 && lines;
    });
    expect(line).toMatchObject({ line: "from the page", fields: { host_name: "test-vm" } });
  });

  it("gives a running gateway the apps that are applied, without a restart", async () => {
    const file = join(stack.data, "sightline.yaml");
    const app = "{name: shop-web, key: shop-key-1, origins: [https://shop.example.org]}";
    writeFileSync(file, `project: shop\napps: [${app}]\n`);
    const before = stack.pidOf("gateway");
    const applied = await stack.run("apply", "--file", file, "--yes");
    expect(applied.stderr + applied.stdout).toContain("gateway and apps");
    expect(applied.code).toBe(0);
    const ask = (key: string, origin: string): Promise<Response> =>
      fetch(`${stack.url("gateway")}/c/${key}`, {
        method: "POST",
        headers: { "content-type": "text/plain", origin },
        body: "{}",
      });
    // An empty payload is none of Faro's: it is read only where key and origin are right.
    await until("the app to be known", async () => {
      const answer = await ask("shop-key-1", "https://shop.example.org");
      return answer.status === 400 || answer.status === 204;
    });
    expect((await ask("shop-key-1", "https://shop.example.org.evil.example")).status).toBe(403);
    // The example's page stays beside it.
    expect((await ask("board-example-page", stack.url("board"))).status).not.toBe(403);
    expect(stack.pidOf("gateway")).toBe(before);
    expect((await stack.run("plan", "--file", file)).code).toBe(0);
  });

  it("keeps the running servers when it is called again", async () => {
    const before = stack.state().servers.map((server) => server.process?.pid);
    const again = await stack.run("up", "--only", "stack", "--json");
    expect(again.code).toBe(0);
    const report = JSON.parse(again.stdout);
    expect(report.readBack.every((signal: { status: string }) => signal.status === "read")).toBe(
      true,
    );
    const after = stack.state().servers.map((server) => server.process?.pid);
    expect(after).toEqual(before.slice(0, after.length));
  });

  it("reports health, memory, disk and the age of what was read back", async () => {
    const result = await stack.run("status", "--json");
    expect(result.code).toBe(0);
    const status = JSON.parse(result.stdout);
    expect(status).toMatchObject({ mode: "embedded", isHealthy: true, problems: [] });
    expect(status.youngestLineAgeSeconds).toBeLessThan(60);
    expect(status.youngestSampleAgeSeconds).toBeLessThan(60);
    for (const server of status.servers) expect(server.residentBytes).toBeGreaterThan(1_000_000);
  });

  it("runs the agent also where no Docker engine answers, and says so", async () => {
    const result = await stack.run("status");
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^ {2}agent +\d+\.\d+\.\d+ +healthy /m);
    expect(result.stdout).toContain("agent: no Docker engine answers");
    const answer = await fetch(`${stack.url("agent")}/healthz`);
    expect(await answer.json()).toMatchObject({ status: "ok", docker: "away", host: "test-vm" });
  });

  it("shows lines by service, severity and expression", async () => {
    await sendLines(stack.url("otlp"), "shop", [
      { text: "order 1 paid" },
      { text: "order 2 refused: card expired", severityNumber: 17 },
      { text: "order 3 paid\u001b[2J\u0007" },
    ]);
    const all = await until("three lines", async () => {
      const result = await stack.run("logs", "shop");
      return result.stdout.trim().split("\n").length === 3 && result;
    });
    expect(all.stdout).not.toContain("\u001b");
    expect((await stack.run("logs", "shop", "--severity", "error")).stdout).toMatch(
      /^\S+ \S+ ERROR order 2[^\n]*\n$/,
    );
    expect(
      (await stack.run("logs", "shop", "--grep", "order [13] paid")).stdout.trim().split("\n"),
    ).toHaveLength(2);
    const json = JSON.parse(
      (await stack.run("logs", "shop", "--grep", "order 1", "--json")).stdout,
    );
    expect(json).toMatchObject({
      line: "order 1 paid",
      fields: { service_name: "shop", kind: "log" },
    });
    expect(
      (await stack.run("logs", "shop", "--limit", "1")).stdout.trim().split("\n"),
    ).toHaveLength(1);
  });

  it("follows new lines, each once", async () => {
    await sendLines(stack.url("otlp"), "follow", [{ text: "before" }]);
    await until(
      "the first line",
      async () => (await readLines(stack.url("loki"), "follow")).length === 1,
    );
    const following = stack.start(["logs", "follow", "-f"]);
    await until("the old line", () => following.output().includes("before"));
    for (let n = 1; n <= 3; n++)
      await sendLines(stack.url("otlp"), "follow", [{ text: `new ${n}` }]);
    await until("the new lines", () => following.output().includes("new 3"));
    // One more look, so that a line shown twice would show.
    await sendLines(stack.url("otlp"), "follow", [{ text: "last" }]);
    await until("the last line", () => following.output().includes("last"));
    following.child.kill("SIGINT");
    const { stdout, code } = await following.done;
    expect(code).toBe(130);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" INFO  ")[1]?.trim()),
    ).toEqual(["before", "new 1", "new 2", "new 3", "last"]);
  });

  it("names the services there are when asked for one that is not", async () => {
    const result = await stack.run("logs", "boart");
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('no service "boart"');
    expect(result.stderr).toContain('did you mean "board"?');
  });

  it("explains an expression that Loki cannot read", async () => {
    const result = await stack.run("logs", "board", "--grep", "(");
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/Loki refused the query.*missing closing/s);
  });

  it("stops its own processes and nothing else, and keeps the data", async () => {
    const pids = stack.state().servers.map((server) => server.process?.pid as number);
    const supervisor = stack.state().supervisor.pid;
    const bystander = stack.start(["logs", "board", "-f"]);
    await until("the bystander to run", () => bystander.output().length > 0);
    const result = await stack.run("down");
    expect(result.code).toBe(0);
    expect([...pids, supervisor].filter(isRunning)).toEqual([]);
    bystander.child.kill("SIGINT");
    await bystander.done;
    expect((await stack.run("status")).code).toBe(8);
    expect((await stack.run("down")).stdout).toContain("nothing was running");

    const back = await stack.run("up", "--only", "stack", "--mode", "embedded");
    expect(back.code).toBe(0);
    expect((await readLines(stack.url("loki"), "shop")).map(({ line }) => line)).toContain(
      "order 1 paid",
    );
  });

  it("asks before it deletes, and deletes only what is its own", async () => {
    const refused = await stack.run("down", "--delete-data");
    expect(refused.code).toBe(64);
    expect(refused.stderr).toContain("no terminal to answer on");
    expect((await stack.run("status")).code).toBe(0);
    const deleted = await stack.run("down", "--delete-data", "--yes");
    expect(deleted.code).toBe(0);
    expect(deleted.stdout).toContain("deleted");
    expect((await stack.run("down", "--delete-data", "--yes")).stdout).toContain(
      "there was no data",
    );
  });
});
