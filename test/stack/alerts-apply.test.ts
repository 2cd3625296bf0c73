import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliResult, createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const LOKI_FILE = "loki/rules/fake/sightline.yaml";
const ALERTS = `
alerts:
  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: more than 5 in 10m
  - name: Slow answers of the api
    metric: {service: api, signal: p95}
    when: above 1s for 5m
`;

describe("apply, on the real servers of a stack", () => {
  let stack: TestStack;
  let up: CliResult;
  let spec: string;

  beforeAll(async () => {
    stack = await createTestStack({ DOCKER_HOST: "unix:///nowhere/docker.sock" });
    spec = join(stack.data, "sightline.yaml");
    up = await stack.run("up", "--mode", "embedded", "--only", "stack");
    expect(up.code, up.stderr).toBe(0);
  }, 300_000);

  afterAll(() => stack?.dispose());

  const run = (...args: string[]): Promise<CliResult> => stack.run(...args, "--file", spec);
  const apply = async (text: string): Promise<CliResult> => {
    writeFileSync(spec, text);
    return run("apply", "--yes");
  };
  const expectNoDrift = async (): Promise<void> => {
    const drift = await run("drift");
    expect(drift.stdout).toContain("as the specification says");
    expect(drift.code).toBe(0);
  };
  const processes = (): unknown =>
    stack.state().servers.map(({ name, process }) => [name, process]);
  const rendered = (path: string): string => join(stack.data, "stack/config", path);
  const namesOf = async (server: "prometheus" | "loki"): Promise<string[]> => {
    const path = server === "loki" ? "/prometheus/api/v1/rules" : "/api/v1/rules";
    const answer = await (await fetch(`${stack.url(server)}${path}`)).json();
    const { groups } = (answer as { data: { groups: { rules: { name: string }[] }[] } }).data;
    return groups.flatMap(({ rules }) => rules.map(({ name }) => name));
  };
  const alertsOf = async (): Promise<{
    code: number | null;
    rules: number;
    problems: string[];
  }> => {
    const { code, stdout } = await stack.run("status", "--json");
    return { code, ...JSON.parse(stdout).alerts };
  };

  it("starts with the default alerts, and says how to be told of them", async () => {
    expect(up.stdout).toMatch(/\d\d alert rules watch/);
    expect(up.stdout).toMatch(/nobody is told of them yet: .*init.*apply/);
    expect(await namesOf("prometheus")).toContain("Watchdog");
    expect(await namesOf("loki")).toContain("Crash");
    const firing = JSON.parse((await stack.run("status", "--json")).stdout).alerts.firing;
    expect(firing.map(({ name }: { name: string }) => name)).not.toContain("Watchdog");
  });

  it("brings rules into running servers, and the next up neither restarts nor forgets them", async () => {
    const before = processes();
    const applied = await apply(ALERTS);
    expect(applied.code, applied.stderr).toBe(0);
    expect(await namesOf("loki")).toContain("Payments fail");
    expect(await namesOf("prometheus")).toContain("Slow answers of the api");
    await expectNoDrift();
    const again = await stack.run("up", "--mode", "embedded", "--only", "stack");
    expect(again.code).toBe(0);
    expect(processes()).toEqual(before);
    await expectNoDrift();
  });

  it.each([
    {
      who: "prometheus",
      broken: `  - {name: Broken, promql: up == 0, annotations: {a: "{{ $labels.a "}}`,
      why: /✗ .*Broken.*prometheus refused it: .*unclosed action.*every file is as it was before/,
    },
    {
      who: "loki",
      broken: `  - {name: Broken, logql: 'sum(rate({a="b"}[5m])) > 1', annotations: {a: "{{ $labels.a "}}`,
      why: /✗ .*Broken.*loki refused it: .*unclosed action.*every file is as it was before/,
    },
    {
      who: "alertmanager",
      broken: `contacts: [{name: c, webhook: "http://127.0.0.1:9/"}]
templates: [{name: mine, text: '{{ define "mine" }}{{ frobnicate }}{{ end }}'}]`,
      why: /✗ .*mine.*alertmanager refused it: .*frobnicate.*every file is as it was before/,
    },
  ])("is taken back whole where $who refuses it, with the reason", async ({ broken, why }) => {
    const files = [LOKI_FILE, "prometheus/rules/sightline.yaml", "alertmanager/alertmanager.yml"];
    const before = files.map((path) => readFileSync(rendered(path), "utf8"));
    const more = ALERTS.replace("Payments fail", "Payments fail twice");
    const refused = await apply(`${more}${broken}\n`);
    expect(refused.stderr).toMatch(why);
    expect(refused.code).toBe(1);
    expect(files.map((path) => readFileSync(rendered(path), "utf8"))).toEqual(before);
    expect(await namesOf("loki")).not.toContain("Payments fail twice");
    writeFileSync(spec, ALERTS);
    await expectNoDrift();
  });

  it("tells of a file that was broken by hand, and mends it", async () => {
    const text = readFileSync(rendered(LOKI_FILE), "utf8");
    writeFileSync(rendered(LOKI_FILE), text.replace("expr: ", "expr: (("));
    const found = await until("status to tell of it", async () => {
      const alerts = await alertsOf();
      return alerts.problems.length > 0 && alerts;
    });
    expect(found.code).toBe(1);
    expect(found.problems.join("\n")).toMatch(/loki refuses its files .*parse error/s);
    const drift = await run("drift");
    expect(drift.code).toBe(2);
    const mended = await apply(ALERTS);
    expect(mended.code, mended.stderr).toBe(0);
    await expectNoDrift();
    expect((await alertsOf()).problems).toEqual([]);
  });

  it("is whole after it was killed in the middle and run once more", async () => {
    writeFileSync(spec, ALERTS.replace("more than 5", "more than 6"));
    const before = readFileSync(join(stack.data, "applied", LOKI_FILE), "utf8");
    const { child, done } = stack.start(["apply", "--yes", "--file", spec]);
    await until("the first file to be written", () => {
      const path = join(stack.data, "applied", LOKI_FILE);
      return existsSync(path) && readFileSync(path, "utf8") !== before;
    });
    child.kill("SIGKILL");
    expect((await done).signal).toBe("SIGKILL");
    const again = await run("apply", "--yes");
    expect(again.code, again.stderr).toBe(0);
    await expectNoDrift();
  });

  it("writes what the next up loads, where nothing runs", async () => {
    expect((await stack.run("down")).code).toBe(0);
    writeFileSync(spec, ALERTS.replace("Payments fail", "Refunds fail"));
    const applied = await run("apply", "--yes", "--prune");
    expect(applied.code, applied.stderr).toBe(0);
    expect(applied.stdout).toContain("not running");
    const back = await stack.run("up", "--mode", "embedded", "--only", "stack");
    expect(back.code, back.stderr).toBe(0);
    await until("Loki to have it", async () => (await namesOf("loki")).includes("Refunds fail"));
    await until("no drift", async () => (await run("drift")).code === 0);
  });
});
