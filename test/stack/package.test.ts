import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestStack, repositoryRoot, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const PACKAGES = ["core", "wire", "node", "agent", "source-maps", "browser", "gateway", "cli"];

describe("the packages as npm users get them", () => {
  const project = mkdtempSync(join(tmpdir(), "sightline-npm-"));
  let stack: TestStack;
  const npm = (cwd: string, ...args: string[]): string =>
    execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const sightline = (...args: string[]): string =>
    execFileSync(
      process.execPath,
      [join(project, "node_modules/sightline/dist/main.js"), ...args],
      {
        cwd: project,
        env: stack.env,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      },
    );

  beforeAll(async () => {
    stack = await createTestStack();
    for (const name of PACKAGES) {
      npm(
        join(repositoryRoot, "packages", name),
        "pack",
        "--silent",
        "--pack-destination",
        project,
      );
    }
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "shop", private: true }));
    const tarballs = readdirSync(project).filter((name) => name.endsWith(".tgz"));
    expect(tarballs).toHaveLength(PACKAGES.length);
    npm(project, "install", "--no-audit", "--no-fund", ...tarballs.map((name) => `./${name}`));
  }, 300_000);

  afterAll(async () => {
    await stack.dispose();
    rmSync(project, { recursive: true });
  });

  it("carry their assets, and leave none behind in the clone", () => {
    const assets = join(project, "node_modules/sightline/assets");
    for (const path of [
      "docker-compose.yml",
      "provisioning/loki/config.yaml",
      "provisioning/agent/Dockerfile",
      "provisioning/gateway/Dockerfile",
      "provisioning/docker-proxy/haproxy.cfg",
      "scripts/stack/loki/go.sum",
    ]) {
      expect(existsSync(join(assets, path)), path).toBe(true);
    }
    expect(existsSync(join(repositoryRoot, "packages/cli/assets"))).toBe(false);
  });

  it("start the stack, take a line from @sightline/node and show it", async () => {
    expect(sightline("up", "--only", "stack", "--mode", "embedded")).toContain(
      "every signal was read back",
    );
    writeFileSync(
      join(project, "app.mjs"),
      `import { start } from "@sightline/node";
       import { logs } from "@opentelemetry/api";
       const sightline = start({ serviceName: "shop", endpoint: "${stack.url("otlp")}", startupLine: false });
       logs.getLogger("shop").emit({ severityNumber: 9, body: "open for business" });
       await sightline.shutdown(5_000);`,
    );
    execFileSync(process.execPath, [join(project, "app.mjs")], { cwd: project, env: stack.env });
    await until("the line to be readable", () =>
      sightline("logs", "shop").includes("open for business"),
    );
    expect(JSON.parse(sightline("status", "--json"))).toMatchObject({
      mode: "embedded",
      isHealthy: true,
      servers: expect.arrayContaining([
        expect.objectContaining({ name: "agent", status: "healthy" }),
        expect.objectContaining({ name: "gateway", status: "healthy" }),
      ]),
    });
    const script = await fetch(`${stack.url("gateway")}/b.js`);
    expect(script.status).toBe(200);
    expect(await script.text()).toContain("sightline");
    expect(sightline("down")).toContain("stopped");
  });

  it("start the stack without the gateway where that is not there, and say what is missing", () => {
    rmSync(join(project, "node_modules/@sightline/gateway"), { recursive: true });
    const { stderr, status } = spawnSync(
      process.execPath,
      [join(project, "node_modules/sightline/dist/main.js"), "up", "--only", "stack"],
      { cwd: project, env: stack.env, encoding: "utf8" },
    );
    expect(stderr).toContain(
      "the gateway is not installed beside this command: no page in a browser can send; `npm install @sightline/gateway` brings it",
    );
    expect(status).toBe(0);
    const { servers } = JSON.parse(sightline("status", "--json")) as {
      servers: { name: string }[];
    };
    expect(servers.map(({ name }) => name)).not.toContain("gateway");
    expect(sightline("down")).toContain("stopped");
  });
});
