import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../packages/cli/src/run.ts";
import { recordIo } from "../../packages/cli/test/support/io.ts";
import { freePortEnvironment } from "../harness/free-ports.ts";
import { readLines } from "../harness/otlp.ts";
import { repositoryRoot } from "../harness/stack.ts";
import { until } from "../harness/until.ts";
import { makeAgentImage, makeProxyImage, makeShellImage } from "./agent-images.ts";
import { findCompose } from "./compose.ts";
import { type Engine, startEngine, whyNoEngine } from "./engine.ts";
import { makeImage } from "./images.ts";
import { findProgram, makeProgramImage } from "./program-image.ts";

const SERVICES = ["loki", "prometheus", "collector", "docker-proxy", "agent"].map(
  (n) => `sightline-${n}`,
);

const reason =
  whyNoEngine() ??
  (findProgram("haproxy") === undefined
    ? "no haproxy here; on Debian: apt-get install --no-install-recommends haproxy"
    : undefined);
const title = `what init writes, on a real engine${reason ? ` (${reason})` : ""}`;

describe.skipIf(reason !== undefined)(title, () => {
  let engine: Engine;
  let ports: Record<string, string>;
  let root: string;
  let up: ((...args: string[]) => string) | undefined;

  beforeAll(async () => {
    const found = findCompose();
    if ("reason" in found) throw new Error(found.reason);
    ports = await freePortEnvironment();
    engine = await startEngine();
    root = mkdtempSync(join(tmpdir(), "sightline init-"));
    mkdirSync(join(root, "orders"));
    writeFileSync(
      join(root, "orders/package.json"),
      JSON.stringify({ dependencies: { "@sightline/node": "0.1.0", express: "5.1.0" } }),
    );
    writeFileSync(
      join(root, "compose.yml"),
      `services:
  shop:
    image: sightline-test/shell:1
    command: ["/bin/sh", "-c", "echo order 1 paid"]
  orders:
    build: orders
    image: sightline-test/orders:1
    command: ["/usr/local/bin/node", "--import", "/app/node_modules/@sightline/node/dist/register.js", "-e", "console.log('orders is up'); setInterval(() => {}, 1000)"]
`,
    );
    const io = recordIo({
      SIGHTLINE_DATA: join(root, "data"),
      HOME: "/nowhere",
      SIGHTLINE_HOST: "vm-1",
    });
    expect([await run(["init", root, "--yes"], io), io.stderr()]).toEqual([0, ""]);
    const env = { ...ports, SIGHTLINE_DOCKER_SOCKET: engine.host.replace("unix://", "") };
    const compose = (...args: string[]): string =>
      engine.run(
        found.path,
        [
          "--project-directory",
          root,
          "-f",
          join(root, "compose.yml"),
          "-f",
          join(root, "compose.sightline.yml"),
          "--ansi",
          "never",
          "--progress",
          "quiet",
          ...args,
        ],
        env,
      );
    up = compose;
    const config = JSON.parse(compose("config", "--format", "json")) as {
      services: Record<string, { image: string }>;
    };
    for (const name of SERVICES) {
      const image = config.services[name]?.image ?? "";
      if (image.startsWith("sightline/agent:")) makeAgentImage(engine, image);
      else if (image.startsWith("haproxy:")) makeProxyImage(engine, image);
      else makeImage(engine, image);
    }
    makeShellImage(engine, "sightline-test/shell:1");
    makeProgramImage(engine, "sightline-test/orders:1", {
      programs: { "/usr/local/bin/node": join(repositoryRoot, "node_modules/node/bin/node") },
      packages: { names: ["@sightline/node"], folder: "/app" },
      changes: [],
    });
    compose("up", "--detach", "--no-build", ...SERVICES, "shop", "orders");
  }, 300_000);
  afterAll(async () => {
    try {
      up?.("down", "--volumes", "--timeout", "10");
    } finally {
      await engine?.dispose();
      rmSync(root, { recursive: true, force: true });
    }
  }, 180_000);
  const url = (port: string): string => `http://127.0.0.1:${ports[`SIGHTLINE_PORT_${port}`]}`;
  it("a line of a service arrives, with the host's name", { timeout: 90_000 }, async () => {
    const lines = await until("the line", async () => {
      const found = (await readLines(url("LOKI"), "shop")).filter(
        ({ fields }) => fields["kind"] === "log",
      );
      return found.length > 0 && found;
    });
    expect(lines).toMatchObject([
      { line: "order 1 paid", fields: { host_name: "vm-1", service_name: "shop" } },
    ]);
  });
  it("a line of a service with the SDK arrives once, and its metrics do", {
    timeout: 90_000,
  }, async () => {
    const lines = await until("the line", async () => {
      const found = (await readLines(url("LOKI"), "orders")).filter(({ line }) =>
        line.includes("orders is up"),
      );
      return found.length > 0 && found;
    });
    expect(lines).toHaveLength(1);
    await until("metrics", async () => {
      const answer = await fetch(
        `${url("PROMETHEUS")}/api/v1/query?query=${encodeURIComponent('process_uptime_seconds{service_name="orders"}')}`,
      );
      const body = (await answer.json()) as { data: { result: unknown[] } };
      return body.data.result.length > 0;
    });
  });
});
