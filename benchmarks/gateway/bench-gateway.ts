import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { ENV } from "@sightline/core";
import { freePort } from "../../test/harness/free-port.ts";
import { repositoryRoot } from "../../test/harness/stack.ts";
import { until } from "../../test/harness/until.ts";
import { atExit, endAtExit } from "../at-exit.ts";
import { readCpuSeconds, readMemory } from "../stack/process-usage.ts";
import { KEY, ORIGIN, type RequestKind } from "./requests.ts";

const MAIN = join(repositoryRoot, "packages/gateway/dist/main.js");
/** The gateway has the last core to itself; who sends and who receives share the others. */
export const GATEWAY_CORE: string = String(cpus().length - 1);
const OTHER_CORES = cpus().length > 2 ? `0-${cpus().length - 2}` : "0";

/** What requests are sent to and what is watched. */
export interface BenchGateway {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The gateway as it is run, on one core, with limits that nobody reaches. */
export async function startBenchGateway(otlpUrl: string): Promise<BenchGateway> {
  const data = mkdtempSync(join(tmpdir(), "sightline-bench-gateway-"));
  const port = await freePort();
  const app = {
    serviceName: "bench-web",
    keys: [KEY],
    origins: [ORIGIN],
    maxRequestsPerMinute: 1_000_000,
    maxBytesPerMinute: 1_000_000_000_000,
    maxSameErrorsPerMinute: 1_000_000,
  };
  const file = join(data, "gateway.json");
  writeFileSync(file, JSON.stringify({ version: 1, port, otlpUrl, apps: [app] }));
  const child = spawn("taskset", ["-c", GATEWAY_CORE, process.execPath, MAIN], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: data,
      [ENV.data]: data,
      [ENV.gatewayConfig]: file,
    },
    stdio: "ignore",
  });
  endAtExit(child, { signal: "SIGTERM" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const remove = atExit(async () => rmSync(data, { recursive: true, force: true }));
  await until("the gateway to answer", async () => {
    if (child.exitCode !== null) throw new Error("the gateway ended by itself");
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).ok;
  });
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await remove();
    },
  };
}

export interface BenchSink {
  readonly url: string;
  /** Lines of the console that it has acknowledged. */
  lines(): Promise<number>;
  stop(): Promise<void>;
}

export async function startBenchSink(): Promise<BenchSink> {
  const child = startProgram("ack-sink.ts", []);
  const port = await new Promise<string>((resolve) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    lines: async () => Number(await (await fetch(url)).text()),
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

export interface SendOptions {
  readonly kind: RequestKind;
  readonly seconds: number;
  readonly connections: number;
  /** Absent: as many as are answered. */
  readonly perSecond?: number;
}

export interface Sent {
  readonly perSecond: number;
  readonly millis: readonly number[];
  readonly statuses: Readonly<Record<string, number>>;
  /** Of the gateway, meanwhile. */
  readonly cpuPercent: number;
  /** The highest of the gateway, bytes. */
  readonly rss: number;
}

const SAMPLE_MILLIS = 200;
let runs = 0;

/** Sends for a while and says what came back, and what the gateway took for it. */
export async function send(gateway: BenchGateway, options: SendOptions): Promise<Sent> {
  const { kind, seconds, connections, perSecond = 0 } = options;
  runs += 1;
  const args = [gateway.port, kind, seconds, connections, perSecond, runs].map(String);
  const cpuBefore = readCpuSeconds(gateway.pid);
  let rss = 0;
  const sampler = setInterval(() => {
    rss = Math.max(rss, readMemory(gateway.pid).rss);
  }, SAMPLE_MILLIS);
  const child = startProgram("send-requests.ts", args);
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(sampler);
  if (code !== 0) throw new Error(`the sender ended with ${code}`);
  const said = JSON.parse(Buffer.concat(chunks).toString()) as {
    readonly millis: number[];
    readonly statuses: Record<string, number>;
    readonly seconds: number;
  };
  const cpuSeconds = readCpuSeconds(gateway.pid) - cpuBefore;
  return {
    perSecond: said.millis.length / said.seconds,
    millis: said.millis.toSorted((left, right) => left - right),
    statuses: said.statuses,
    cpuPercent: (cpuSeconds / said.seconds) * 100,
    rss,
  };
}

function startProgram(name: string, args: readonly string[]): ChildProcess {
  const program = join(import.meta.dirname, name);
  const child = spawn("taskset", ["-c", OTHER_CORES, process.execPath, program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  endAtExit(child, { signal: "SIGTERM" });
  return child;
}

/** Nearest rank. */
export function percentileOf(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
