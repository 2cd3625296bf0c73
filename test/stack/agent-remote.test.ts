import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePortEnvironment } from "../harness/free-ports.ts";
import { repositoryRoot } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const cache = join(process.env["XDG_CACHE_HOME"] || join(process.env["HOME"] ?? "", ".cache"));
const collectorBinary = join(cache, "sightline/collector/0.158.0/otelcol");
const TOKEN = "a-token-of-the-agents";

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
}

describe("an agent of another machine, and the central collector", () => {
  const folder = mkdtempSync(join(tmpdir(), "sightline-remote-"));
  const started: Running[] = [];
  let stores: Server;
  let stored = "";
  let ports: Record<string, string>;
  let otherPorts: Record<string, string>;

  const start = (command: string, args: string[], env: NodeJS.ProcessEnv): Running => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        output += chunk;
      });
    }
    const running = { child, output: () => output };
    started.push(running);
    return running;
  };

  const end = async ({ child }: Running): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
  };

  const remotePort = (): string => otherPorts["SIGHTLINE_PORT_OTLP"] as string;

  const startAgent = (name: string, settings: object, env: NodeJS.ProcessEnv = {}): Running => {
    const config = join(folder, `${name}.json`);
    writeFileSync(
      config,
      JSON.stringify({
        hostName: name,
        port: Number(ports["SIGHTLINE_PORT_AGENT"]),
        docker: { enabled: false },
        files: [{ glob: join(folder, "logs/*.log"), service: "shop" }],
        ...settings,
      }),
    );
    const main = join(repositoryRoot, "packages/agent/dist/main.js");
    return start(process.execPath, [main, "--config", config], {
      PATH: process.env["PATH"],
      SIGHTLINE_DATA: join(folder, name),
      ...env,
    });
  };

  beforeAll(async () => {
    if (!existsSync(collectorBinary))
      throw new Error(`the collector is not in "${collectorBinary}"`);
    mkdirSync(join(folder, "logs"));
    writeFileSync(join(folder, "logs/shop.log"), "");
    writeFileSync(join(folder, "agent-token"), `${TOKEN}\n`, { mode: 0o600 });
    writeFileSync(join(folder, "token"), `of-another-vm\n${TOKEN}\n`, { mode: 0o600 });
    execFileSync("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem"), "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    ]);
    [ports, otherPorts] = await Promise.all([freePortEnvironment(), freePortEnvironment()]);
    // In place of Loki and Prometheus: takes everything and keeps the lines' bytes.
    stores = createServer((request, response) => {
      request.on("data", (chunk: Buffer) => {
        if (request.url?.endsWith("/v1/logs")) stored += chunk.toString("latin1");
      });
      request.on("end", () => response.writeHead(200).end());
    });
    await new Promise<void>((done) => stores.listen(0, "127.0.0.1", done));
    const { port } = stores.address() as { port: number };
    const provisioning = join(repositoryRoot, "provisioning/collector");
    const collector = start(
      collectorBinary,
      ["config.yaml", "remote.yaml"].map((file) => `--config=${join(provisioning, file)}`),
      {
        ...ports,
        SIGHTLINE_LISTEN_HOST: "127.0.0.1",
        SIGHTLINE_STORE_DIR: join(folder, "store"),
        SIGHTLINE_LOKI_URL: `http://127.0.0.1:${port}`,
        SIGHTLINE_PROMETHEUS_URL: `http://127.0.0.1:${port}`,
        SIGHTLINE_HOST: "central",
        SIGHTLINE_HOSTS: "vm-2|vm-3",
        SIGHTLINE_REMOTE_HOST: "127.0.0.1",
        SIGHTLINE_REMOTE_PORT: remotePort(),
        SIGHTLINE_REMOTE_FOLDER: folder,
      },
    );
    await until(`the collector to run:\n${collector.output()}`, async () => {
      const answer = await fetch(`http://127.0.0.1:${ports["SIGHTLINE_PORT_COLLECTOR_HEALTH"]}/`);
      return answer.ok;
    });
  }, 120_000);

  afterAll(async () => {
    await Promise.all(started.map(end));
    stores?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const health = async (): Promise<{ journal: { lastError?: string; waitingRecords: number } }> => {
    const answer = await fetch(`http://127.0.0.1:${ports["SIGHTLINE_PORT_AGENT"]}/healthz`);
    return (await answer.json()) as { journal: { lastError?: string; waitingRecords: number } };
  };
  const otlp = (token: string) => ({
    url: `https://localhost:${remotePort()}`,
    headers: { authorization: `Bearer ${token}` },
  });

  it("does not send to a certificate that nobody vouches for, and keeps its lines", async () => {
    const agent = startAgent("vm-2", { otlp: otlp(`\${file:${folder}/agent-token}`) });
    await until(`the agent to run:\n${agent.output()}`, health);
    appendFileSync(join(folder, "logs/shop.log"), "order 1 paid\n");
    const { journal } = await until("the refusal", async () => {
      const found = await health();
      return found.journal.lastError !== undefined && found;
    });
    expect(journal.lastError).toMatch(/certificate/i);
    expect(journal.waitingRecords).toBeGreaterThan(0);
    await end(agent);
    expect(stored).not.toContain("order 1 paid");
  });

  it("sends over TLS with its token, what waited first, under its own host's name", async () => {
    const agent = startAgent(
      "vm-2",
      { otlp: otlp(`\${file:${folder}/agent-token}`) },
      { NODE_EXTRA_CA_CERTS: join(folder, "cert.pem") },
    );
    await until("the line of before", () => stored.includes("order 1 paid"));
    appendFileSync(join(folder, "logs/shop.log"), "order 2 paid\n");
    await until("the new line", () => stored.includes("order 2 paid"));
    expect(stored).toContain("vm-2");
    expect(stored).not.toContain("central");
    expect(stored.split("order 1 paid")).toHaveLength(2);
    expect(agent.output()).not.toContain(TOKEN);
    await end(agent);
  });

  it("gets nothing in with another token, or with none, and one that is withdrawn ends", async () => {
    const send = (headers: Readonly<Record<string, string>>): number =>
      sendOverTls(remotePort(), join(folder, "cert.pem"), headers);
    expect(send({})).toBe(401);
    expect(send({ authorization: "Bearer guessed" })).toBe(401);
    expect(send({ authorization: "Bearer of-another-vm" })).toBe(200);
    expect(send({ authorization: `Bearer ${TOKEN}` })).toBe(200);
    writeFileSync(join(folder, "token"), `${TOKEN}\n`);
    await until("the token to end", () => send({ authorization: "Bearer of-another-vm" }) === 401);
    expect(send({ authorization: `Bearer ${TOKEN}` })).toBe(200);
  });
});

/** The status of an empty request to the collector's remote entry. */
function sendOverTls(
  port: string,
  certificate: string,
  headers: Readonly<Record<string, string>>,
): number {
  const args = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const text = execFileSync(
    "curl",
    [
      ...["-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", certificate, ...args],
      ...["-H", "content-type: application/json", "-d", "{}", `https://localhost:${port}/v1/logs`],
    ],
    { encoding: "utf8" },
  );
  return Number(text);
}
