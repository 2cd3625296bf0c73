import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePortEnvironment } from "./free-ports.ts";

export const repositoryRoot: string = join(dirname(fileURLToPath(import.meta.url)), "../..");
const main = join(repositoryRoot, "packages/cli/dist/main.js");

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly done: Promise<CliResult>;
  /** What it has printed so far, both streams. */
  output: () => string;
}

/** A stack of its own: data directory and ports that no other stack has. */
export interface TestStack {
  readonly env: Readonly<Record<string, string>>;
  readonly data: string;
  run: (...args: string[]) => Promise<CliResult>;
  start: (args: readonly string[], extraEnv?: Readonly<Record<string, string>>) => RunningCli;
  url: (port: string) => string;
  state: () => {
    supervisor: { pid: number };
    servers: { name: string; status: string; restarts: number; process?: { pid: number } }[];
  };
  pidOf: (server: string) => number;
  /** Ends everything and removes the data. */
  dispose: () => Promise<void>;
}

export async function createTestStack(
  extraEnv: Readonly<Record<string, string>> = {},
): Promise<TestStack> {
  const data = mkdtempSync(join(tmpdir(), "sightline-test-"));
  const env: Record<string, string> = {
    ...(process.env as Record<string, string>),
    ...(await freePortEnvironment()),
    SIGHTLINE_DATA: data,
    SIGHTLINE_HOST: "test-vm",
    NO_COLOR: "1",
    ...extraEnv,
  };
  const start: TestStack["start"] = (args, extra = {}) => startCli(args, { ...env, ...extra });
  const state: TestStack["state"] = () =>
    JSON.parse(readFileSync(join(data, "stack/state.json"), "utf8"));
  return {
    env,
    data,
    start,
    state,
    run: (...args) => start(args).done,
    url: (port) => `http://127.0.0.1:${env[`SIGHTLINE_PORT_${port.toUpperCase()}`]}`,
    pidOf: (name) => {
      const pid = state().servers.find((server) => server.name === name)?.process?.pid;
      if (pid === undefined) throw new Error(`${name} has no process`);
      return pid;
    },
    dispose: async () => {
      const result = await start(["down"]).done;
      rmSync(data, { recursive: true, force: true });
      if (result.code !== 0) throw new Error(`down failed: ${result.stderr}`);
    },
  };
}

function startCli(args: readonly string[], env: Readonly<Record<string, string>>): RunningCli {
  const child = spawn(process.execPath, [main, ...args], {
    env,
    cwd: tmpdir(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const done = new Promise<CliResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, done, output: () => stdout + stderr };
}
