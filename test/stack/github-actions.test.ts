import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Grafana, startGrafana } from "../harness/grafana/grafana.ts";
import { repositoryRoot } from "../harness/stack.ts";

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
interface Outcome {
  readonly code: number;
  readonly output: string;
}

const workflow = parse(
  readFileSync(join(repositoryRoot, "examples/github-actions/sightline.yml"), "utf8"),
) as Workflow;

const SPEC = (url: string): string => `
project: shop
contacts:
  - name: chat
    slack: \${env:SLACK_WEBHOOK_URL}
alerts:
  - name: Payments fail
    log: {service: shop, contains: "payment failed"}
    when: more than 2 in 5m
    tell: chat
targets:
  - name: prod
    grafana: {url: "${url}", token: "\${env:GRAFANA_TOKEN}"}
`;

const RULE_TEST = `
tests:
  - name: three failures in five minutes tell the chat
    alert: Payments fail
    lines:
      - {service: shop, text: "payment failed: card expired", at: 1m..3m every 1m}
    expect:
      - {at: 0m, state: normal}
      - {at: 4m, state: firing, tells: [chat]}
`;

/** The `run:` lines of the workflow, in bash as GitHub runs them; `npx` runs this clone's CLI. */
describe("the GitHub workflow of the examples", () => {
  let grafana: Grafana;
  let folder: string;
  let secrets: Record<string, string>;

  beforeAll(async () => {
    grafana = await startGrafana({ version: "12.4.0" });
    for (const uid of ["loki", "prometheus"]) {
      await fetch(`${grafana.url}/api/datasources`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${grafana.token}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({
          uid: `sightline-${uid}`,
          name: uid,
          type: uid,
          access: "proxy",
          url: "http://127.0.0.1:1",
        }),
      });
    }
    folder = mkdtempSync(join(tmpdir(), "sightline-actions-"));
    secrets = {
      GRAFANA_TOKEN: grafana.token,
      SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T0/B0/hidden4711",
    };
    writeFileSync(join(folder, "sightline.yaml"), SPEC(grafana.url));
    writeFileSync(join(folder, "payments.sightline-test.yaml"), RULE_TEST);
    mkdirSync(join(folder, "bin"));
    const main = join(repositoryRoot, "packages/cli/dist/main.js");
    shim("npx", `[ "$1" = sightline ] && shift && exec "${process.execPath}" "${main}" "$@"`);
    shim("npm", '[ "$*" = ci ]');
    shim("gh", `printf '%s\\n' "$*" > "${join(folder, "gh.txt")}"`);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await grafana.close();
  });

  function shim(name: string, line: string): void {
    const path = join(folder, "bin", name);
    writeFileSync(path, `#!/bin/sh\n${line}\n`);
    chmodSync(path, 0o755);
  }

  async function runJob(name: string): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const step of workflow.jobs[name]?.steps ?? []) {
      if (step.run === undefined) continue;
      const outcome = await bash(step.run, { ...workflow.env, ...step.env });
      outcomes.push(outcome);
      // As GitHub does: what fails ends the job.
      if (outcome.code !== 0) break;
    }
    return outcomes;
  }

  function bash(script: string, env: Readonly<Record<string, string>>): Promise<Outcome> {
    const filled = Object.entries(env).map(([key, value]) => [key, fill(value)] as const);
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd: folder,
      env: {
        ...process.env,
        ...Object.fromEntries(filled),
        PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
        NO_COLOR: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? -1, output }));
    });
  }

  /** The expressions that the workflow uses. */
  function fill(value: string): string {
    return String(value).replace(/\$\{\{ *([\w.]+) *\}\}/g, (_, expression: string) => {
      const secret = /^secrets\.(\w+)$/.exec(expression)?.[1];
      if (secret !== undefined) return secrets[secret] ?? "";
      const known: Record<string, string> = {
        "github.token": "ghs_token",
        "github.event.pull_request.number": "7",
      };
      const found = known[expression];
      if (found === undefined) throw new Error(`the test does not know ${expression}`);
      return found;
    });
  }

  it("lints, and tests the rules on real servers", async () => {
    const outcomes = await runJob("check");
    expect(outcomes.at(-1)).toMatchObject({ code: 0 });
    expect(outcomes).toHaveLength(4);
  });

  it("plans into a comment of the pull request, without a secret in it", async () => {
    const outcomes = await runJob("plan");
    expect(outcomes.at(-1)).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, "gh.txt"), "utf8")).toBe(
      "pr comment 7 --body-file plan.md --edit-last --create-if-none\n",
    );
    const plan = readFileSync(join(folder, "plan.md"), "utf8");
    expect(plan).toContain("Payments fail");
    expect(plan).not.toContain("hidden4711");
    expect(grafana.writes().filter(({ path }) => path !== "/api/datasources")).toEqual([]);
  });

  it("applies on main, and has nothing to do the second time", async () => {
    const [, applied] = await runJob("apply");
    expect(applied?.output).not.toContain("hidden4711");
    expect(applied).toMatchObject({ code: 0 });
    grafana.clearRequests();
    expect((await runJob("apply")).at(-1)).toMatchObject({ code: 0 });
    expect(grafana.writes()).toEqual([]);
  });

  it("fails in the morning after somebody changed a rule by hand", async () => {
    expect((await runJob("drift")).at(-1)).toMatchObject({ code: 0 });
    const headers = {
      authorization: `Bearer ${grafana.token}`,
      "content-type": "application/json",
    };
    const rules = `${grafana.url}/api/v1/provisioning/alert-rules`;
    const list = (await (await fetch(rules, { headers })).json()) as {
      uid: string;
      title: string;
    }[];
    const rule = list.find(({ title }) => title === "Payments fail");
    const answer = await fetch(`${rules}/${rule?.uid}`, {
      method: "PUT",
      headers,
      body: JSON.stringify({ ...rule, for: "3h" }),
    });
    expect(answer.status).toBe(200);
    const outcome = (await runJob("drift")).at(-1);
    expect(outcome).toMatchObject({ code: 2 });
    expect(outcome?.output).toContain("Payments fail");
  });
});
