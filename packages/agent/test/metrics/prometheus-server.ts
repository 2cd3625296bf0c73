import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TOOLS } from "../../../cli/src/stack/tools.ts";

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** Pairs of Unix seconds and value, of a range selector; else one pair. */
  readonly values?: readonly (readonly [number, string])[];
  readonly value?: readonly [number, string];
}

export interface PrometheusServer {
  /** Base address for OTLP/HTTP senders. */
  readonly otlpUrl: string;
  push(body: Uint8Array): Promise<{ readonly status: number; readonly text: string }>;
  query(promql: string, unixSeconds?: number): Promise<readonly Sample[]>;
  stop(): Promise<void>;
}

const tool = TOOLS.find(({ name }) => name === "prometheus");
const binary = join(homedir(), ".cache/sightline/prometheus", tool?.version ?? "", "prometheus");

/** Why these tests cannot run here; undefined if they can. */
export const noPrometheus: string | undefined = existsSync(binary)
  ? undefined
  : "the embedded Prometheus was not built yet: run `sightline up` once";

const PROVISIONED = new URL("../../../../provisioning/prometheus/prometheus.yml", import.meta.url);

/** The real server with our flags and our `otlp` section, in a folder of its own. */
export async function startPrometheus(): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), "sightline-agent-prometheus-"));
  const provisioned = await readFile(PROVISIONED, "utf8");
  const otlp = provisioned.slice(provisioned.indexOf("\notlp:"), provisioned.indexOf("\nstorage:"));
  await writeFile(
    join(folder, "prometheus.yml"),
    `${otlp}\nstorage: {tsdb: {out_of_order_time_window: 30m}}\n`,
  );
  const port = await freePort();
  const server = spawn(
    binary,
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-otlp-receiver",
      "--enable-feature=exemplar-storage,created-timestamp-zero-ingestion",
      "--log.level=warn",
    ],
    { stdio: ["ignore", "ignore", "pipe"], env: { PATH: process.env["PATH"] } },
  );
  const url = `http://127.0.0.1:${port}`;
  await waitUntilReady(`${url}/-/ready`, server);
  const otlpUrl = `${url}/api/v1/otlp`;
  return {
    otlpUrl,
    async push(body) {
      const response = await fetch(`${otlpUrl}/v1/metrics`, {
        method: "POST",
        headers: { "content-type": "application/x-protobuf" },
        body: Buffer.from(body),
      });
      return { status: response.status, text: await response.text() };
    },
    async query(promql, unixSeconds) {
      const time = unixSeconds === undefined ? "" : `&time=${unixSeconds}`;
      const asked = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}${time}`);
      const answer = (await asked.json()) as { status: string; error?: string; data: unknown };
      if (answer.status !== "success") throw new Error(`${promql}: ${answer.error}`);
      return (answer.data as { result: Sample[] }).result;
    },
    async stop() {
      await end(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(url: string, server: ChildProcess): Promise<void> {
  let said = "";
  server.stderr?.on("data", (data) => {
    said += data;
  });
  const isUp = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isUp())) {
    if (server.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
    await delay(50);
  }
}

function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return Promise.resolve();
  return new Promise((done) => {
    server.once("exit", () => done());
    server.kill("SIGKILL");
  });
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer();
    probe.listen({ port: 0, host: "127.0.0.1" }, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}
