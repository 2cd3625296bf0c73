import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { builtTool } from "./built-tool.ts";
import { freePortEnvironment } from "./free-ports.ts";
import { repositoryRoot } from "./stack.ts";
import { until } from "./until.ts";

/** An alert as Alertmanager's webhook tells it. */
export interface ToldAlert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Loki with its ruler, Prometheus and Alertmanager, nothing else: what runs rules. */
export interface Rulers {
  readonly lokiUrl: string;
  readonly prometheusUrl: string;
  /** Every alert that was told so far, newest text of each last. */
  readonly told: readonly ToldAlert[];
  stop(): Promise<void>;
}

export interface RulersInput {
  /** Files below a provisioning folder: `loki/rules/fake/x.yaml`, `prometheus/rules/x.yaml`. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Loki's `max_query_series`; 500 is its own default. */
  readonly maxQuerySeries: number;
  /** `host:port` that Prometheus reads every second. */
  readonly scrape: string;
}

export async function startRulers(input: RulersInput): Promise<Rulers> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-rulers-"));
  const ports = await freePortEnvironment();
  const port = (name: string): string => ports[`SIGHTLINE_PORT_${name}`] as string;
  const told: ToldAlert[] = [];
  const receiver = await startReceiver(told);
  const receiverPort = (receiver.address() as AddressInfo).port;
  writeFiles(folder, [
    ...input.files,
    { path: "loki.yaml", text: lokiConfig(input.maxQuerySeries) },
    { path: "alertmanager.yml", text: alertmanagerConfig(receiverPort) },
    { path: "prometheus.yml", text: prometheusConfig(folder, port("ALERTMANAGER"), input.scrape) },
  ]);
  mkdirSync(join(folder, "loki/rules/fake"), { recursive: true });
  const env = {
    PATH: process.env["PATH"] ?? "",
    SIGHTLINE_LISTEN_HOST: "127.0.0.1",
    SIGHTLINE_PORT_LOKI: port("LOKI"),
    SIGHTLINE_PORT_LOKI_GRPC: port("LOKI_GRPC"),
    SIGHTLINE_STORE_DIR: join(folder, "store"),
    SIGHTLINE_LOKI_RULES_DIR: join(folder, "loki/rules"),
    SIGHTLINE_ALERTMANAGER_URL: `http://127.0.0.1:${port("ALERTMANAGER")}`,
    SIGHTLINE_PROMETHEUS_URL: `http://127.0.0.1:${port("PROMETHEUS")}`,
  };
  const children = [
    start(builtTool("alertmanager", "prom/alertmanager", "alertmanager"), env, [
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${join(folder, "alertmanager")}`,
      `--web.listen-address=127.0.0.1:${port("ALERTMANAGER")}`,
      "--cluster.listen-address=",
    ]),
    start(builtTool("prometheus", "prom/prometheus", "prometheus"), env, [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "prometheus-data")}`,
      `--web.listen-address=127.0.0.1:${port("PROMETHEUS")}`,
      "--web.enable-remote-write-receiver",
    ]),
    start(builtTool("loki", "grafana/loki", "loki"), env, [
      `-config.file=${join(folder, "loki.yaml")}`,
      "-config.expand-env=true",
    ]),
  ];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(({ child }) => end(child)));
    receiver.closeAllConnections();
    await new Promise((done) => receiver.close(done));
    rmSync(folder, { recursive: true, force: true });
  };
  const lokiUrl = `http://127.0.0.1:${port("LOKI")}`;
  const prometheusUrl = `http://127.0.0.1:${port("PROMETHEUS")}`;
  try {
    for (const url of [lokiUrl, prometheusUrl].map((base) => `${base}/ready`)) {
      const path = url.startsWith(prometheusUrl) ? `${prometheusUrl}/-/ready` : url;
      await until(`${path}\n${children.map(({ output }) => output()).join("\n")}`, async () => {
        return (await fetch(path)).ok;
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { lokiUrl, prometheusUrl, told, stop };
}

function writeFiles(folder: string, files: RulersInput["files"]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Ours, so that the limits are those that users have; looked at more often than once a minute. */
function lokiConfig(maxQuerySeries: number): string {
  return readFileSync(join(repositoryRoot, "provisioning/loki/config.yaml"), "utf8")
    .replace(/max_query_series: .*/, `max_query_series: ${maxQuerySeries}`)
    .replace(/poll_interval: .*/, "poll_interval: 1s");
}

function alertmanagerConfig(receiverPort: number): string {
  return JSON.stringify({
    route: { receiver: "test", group_by: ["..."], group_wait: "0s", group_interval: "1s" },
    receivers: [{ name: "test", webhook_configs: [{ url: `http://127.0.0.1:${receiverPort}/` }] }],
  });
}

function prometheusConfig(folder: string, alertmanagerPort: string, scrape: string): string {
  return JSON.stringify({
    global: { scrape_interval: "1s" },
    rule_files: [join(folder, "prometheus/rules/*.yaml")],
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }],
    },
    scrape_configs: [
      { job_name: "test", honor_labels: true, static_configs: [{ targets: [scrape] }] },
    ],
  });
}

async function startReceiver(told: ToldAlert[]): Promise<Server> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      told.push(...(JSON.parse(body) as { alerts: ToldAlert[] }).alerts);
      response.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

function start(
  program: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const keep = (chunk: unknown): void => {
    output = (output + chunk).slice(-4_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return { child, output: () => output };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const hasEnded = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await hasEnded;
  clearTimeout(timer);
}
