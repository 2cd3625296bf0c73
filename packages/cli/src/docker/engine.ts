import { spawn } from "node:child_process";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";

export interface ToolResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The program is not on the PATH. */
  readonly isMissing: boolean;
}

/** Runs a program to its end; one that is not there, or had no more time, ends with code null. */
export function runTool(
  command: string,
  args: readonly string[],
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly timeoutMillis: number;
  },
): Promise<ToolResult> {
  return new Promise((resolve) => {
    let stdout = "";
    let stderr = "";
    const child = spawn(command, args, {
      env: options.env,
      ...(options.cwd && { cwd: options.cwd }),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMillis,
    });
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ code: null, stdout, stderr: error.message, isMissing: error.code === "ENOENT" }),
    );
    child.on("close", (code) => resolve({ code, stdout, stderr, isMissing: false }));
  });
}

export interface ReadyEngine {
  readonly status: "ready";
  readonly compose: readonly string[];
}

export interface AbsentEngine {
  readonly status: "absent";
  readonly reason: string;
  readonly advice: string;
}

export type Engine = ReadyEngine | AbsentEngine;

const ASK_TIMEOUT_MILLIS = 10_000;

/** The engine and the Compose command that talk to it, or why there is none. */
export async function findEngine({ io }: Context): Promise<Engine> {
  const ask = (command: string, ...args: string[]): Promise<ToolResult> =>
    runTool(command, args, { env: io.env, timeoutMillis: ASK_TIMEOUT_MILLIS });
  const info = await ask("docker", "info", "--format", "{{.ServerVersion}}");
  if (info.isMissing) {
    return {
      status: "absent",
      reason: "there is no docker command",
      advice: "install Docker Engine with the Compose plugin",
    };
  }
  if (info.code !== 0 || info.stdout.trim() === "") {
    const lastLine = info.stderr.trim().split("\n").at(-1);
    const why = lastLine || `nothing within ${ASK_TIMEOUT_MILLIS / 1_000} s`;
    return {
      status: "absent",
      reason: `no engine answers (${why})`,
      advice: "start Docker, or add this user to the group that may use it",
    };
  }
  for (const compose of [["docker", "compose"], ["docker-compose"]]) {
    const [command = "", ...rest] = compose;
    const version = await ask(command, ...rest, "version", "--short");
    if (version.code === 0 && /^v?[2-9]\d*\./.test(version.stdout))
      return { status: "ready", compose };
  }
  return {
    status: "absent",
    reason: "Docker has no Compose 2",
    advice: "install the Compose plugin, version 2 or newer",
  };
}

/** The engine; fails with the reason where there is none. */
export async function readyEngine(context: Context): Promise<ReadyEngine> {
  const engine = await findEngine(context);
  if (engine.status === "ready") return engine;
  throw absentEngine(engine);
}

export function absentEngine({ reason, advice }: AbsentEngine): Failure {
  return new Failure(`Docker cannot be used: ${reason}`, {
    advice: [`${advice}, then run the same command again`],
  });
}
