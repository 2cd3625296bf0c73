import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory } from "../docker/images.ts";
import { freePortEnvironment } from "../harness/free-ports.ts";
import { repositoryRoot } from "../harness/stack.ts";
import { until } from "../harness/until.ts";
import { type Child, createChild } from "./child.ts";

/** One server on the way, which a test takes away and brings back. */
export interface Receiver extends Child {
  /** Starts it and resolves once it answers. */
  up: () => Promise<void>;
}

/**
 * Where the agent's records go: the project's collector and Loki with the project's configuration,
 * without a supervisor that would start again what a test has ended.
 */
export interface Receivers {
  readonly lokiUrl: string;
  readonly otlpUrl: string;
  readonly collector: Receiver;
  readonly loki: Receiver;
  dispose: () => Promise<void>;
}

/** Binary of a server of the embedded stack; the version is the one that the stack runs. */
export function findServer(tool: string, binary: string): string | undefined {
  const table = readFileSync(join(repositoryRoot, "packages/cli/src/stack/tools.ts"), "utf8");
  const version = new RegExp(`name: "${tool}",\\s+title: .*\\s+version: "([^"]+)"`).exec(
    table,
  )?.[1];
  if (version === undefined) throw new Error(`no version of "${tool}" in tools.ts`);
  const path = join(cacheDirectory(), tool, version, binary);
  return existsSync(path) ? path : undefined;
}

/** Why there is nowhere to send to; nothing if there is. */
export function whyNoReceivers(): string | undefined {
  const missing = ["loki", "otelcol"].filter(
    (binary) => !findServer(binary === "loki" ? "loki" : "collector", binary),
  );
  if (missing.length === 0) return undefined;
  return `not built: ${missing.join(", ")}; run npm run up -- --only stack once`;
}

export async function startReceivers(): Promise<Receivers> {
  const directory = mkdtempSync(join(tmpdir(), "sightline-receivers-"));
  const ports = await freePortEnvironment();
  const url = (port: string): string => `http://127.0.0.1:${ports[`SIGHTLINE_PORT_${port}`]}`;
  // Metrics are acknowledged and go nowhere: nothing here reads them, and a queue that grows would
  // share the disk with what is measured.
  const sink = await startSink();
  const loki = createReceiver(directory, "loki", "loki", `${url("LOKI")}/ready`, {
    args: [`-config.file=${provisioned("loki/config.yaml")}`, "-config.expand-env=true"],
    env: { ...ports, SIGHTLINE_LOKI_RULES_DIR: provisioned("loki/rules") },
    memoryMiB: 400,
  });
  const collector = createReceiver(
    directory,
    "collector",
    "otelcol",
    `${url("COLLECTOR_HEALTH")}/`,
    {
      args: [`--config=${provisioned("collector/config.yaml")}`],
      env: {
        ...ports,
        SIGHTLINE_LOKI_URL: url("LOKI"),
        SIGHTLINE_PROMETHEUS_URL: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
        SIGHTLINE_HOSTMETRICS_INTERVAL: "1h",
        SIGHTLINE_HOST: "test-vm",
      },
      memoryMiB: 220,
    },
  );
  const dispose = async (): Promise<void> => {
    await collector.end("SIGKILL");
    await loki.end("SIGKILL");
    sink.closeAllConnections();
    await new Promise((done) => sink.close(done));
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  try {
    await Promise.all([loki.up(), collector.up()]);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { lokiUrl: url("LOKI"), otlpUrl: url("OTLP"), collector, loki, dispose };
}

const provisioned = (path: string): string => join(repositoryRoot, "provisioning", path);

interface ServerSettings {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
}

function createReceiver(
  directory: string,
  tool: string,
  binary: string,
  healthUrl: string,
  { args, env, memoryMiB }: ServerSettings,
): Receiver {
  const store = join(directory, tool);
  mkdirSync(store);
  const child = createChild({
    command: findServer(tool, binary) ?? binary,
    args,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: directory,
      GOMEMLIMIT: `${memoryMiB}MiB`,
      GOGC: "50",
      SIGHTLINE_LISTEN_HOST: "127.0.0.1",
      SIGHTLINE_STORE_DIR: store,
      ...env,
    },
    cwd: store,
    logFile: join(directory, `${tool}.log`),
  });
  return {
    ...child,
    up: async () => {
      child.start();
      await until(`${tool} to answer at ${healthUrl}`, async () => {
        const end = child.unexpectedEnd();
        if (end) throw new Error(`${tool} ${end}: ${child.log().slice(-2_000)}`);
        const response = await fetch(healthUrl, { signal: AbortSignal.timeout(2_000) });
        await response.arrayBuffer();
        return response.ok;
      });
    },
  };
}

async function startSink(): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    incoming.on("end", () => outgoing.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
