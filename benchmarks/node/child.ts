import { type ChildProcess, spawn } from "node:child_process";
import { endAtExit } from "../at-exit.ts";

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

export type RunOptions = {
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMillis: number;
  readonly cwd?: string;
  /** Core to bind it to. */
  readonly core?: number;
  readonly hasIpc?: boolean;
  /** False: what it prints on stdout is left to who started it. */
  readonly keepsOutput?: boolean;
};

const KEPT_CHARACTERS = 20_000;

/** Starts a command, ends it after its time and at the end of the benchmark. */
export function startCommand(command: readonly string[], options: RunOptions): Running {
  const [file = "", ...args] =
    options.core === undefined ? command : ["taskset", "-c", String(options.core), ...command];
  const child = spawn(file, args, {
    env: options.env,
    cwd: options.cwd,
    stdio: options.hasIpc ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
  });
  endAtExit(child, { signal: "SIGKILL" });
  const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMillis);
  let stdout = "";
  let stderr = "";
  if (options.keepsOutput !== false) {
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk;
    });
  }
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-KEPT_CHARACTERS);
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, ended };
}

/** A Node program of the workbench, to its end. */
export function runNode(args: readonly string[], options: RunOptions): Promise<Ended> {
  return startCommand([process.execPath, ...args], options).ended;
}
