import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ENV } from "@sightline/core";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const PATIENCE_MILLIS = 15_000;

export interface GatewayProcess {
  readonly port: number;
  readonly folder: string;
  readonly child: ChildProcess;
  /** All that it has said. */
  log(): string;
  configure(settings: unknown): void;
  /** Asked from this machine: with its figures. */
  health(): Promise<Record<string, unknown>>;
  /** Ends it and removes its folder; the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The process as people run it, with a folder and a port of its own. Resolves once it is ready. */
export async function startGatewayProcess(
  settings: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const folder = mkdtempSync(join(tmpdir(), "sightline-gateway-"));
  const port = await freePort();
  const file = join(folder, "gateway.json");
  const configure = (next: unknown): void => {
    writeFileSync(file, typeof next === "string" ? next : JSON.stringify(next));
  };
  configure({ version: 1, port, ...settings });
  const child = launch([], { [ENV.data]: folder, [ENV.gatewayConfig]: file, ...env });
  const output = collect(child);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const gateway: GatewayProcess = {
    port,
    folder,
    child,
    log: output,
    configure,
    async health() {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
      return (await answer.json()) as Record<string, unknown>;
    },
    async end(signal = "SIGTERM") {
      child.kill(signal);
      const code = await ended;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
  await waitUntil(`the gateway to be ready: ${output()}`, async () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${output()}`);
    return (await gateway.health())["status"] === "ok";
  });
  return gateway;
}

/** For a run that ends by itself. */
export async function runToEnd(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = launch(args, env);
  const output = collect(child);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output: output() };
}

function launch(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: tmpdir(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  }
  return () => Buffer.concat(chunks).toString("utf8");
}

/** Until it is so; an attempt that throws because nobody listens yet is one that failed. */
export async function waitUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    try {
      if (await isSo()) return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await delay(25);
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Resident memory of a process, bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}
