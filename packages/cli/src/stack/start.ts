import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ENV } from "@sightline/core";
import type { Context } from "../context.ts";
import { makeDirectory } from "./directory.ts";
import { readLogTail, sizeOf } from "./log-file.ts";
import { endProcess } from "./managed-server.ts";
import type { Paths } from "./paths.ts";
import { isAlive, type ProcessRef, refOf, signalProcess } from "./process.ts";
import type { StackSpec } from "./spec.ts";
import { readState, type ServerState, type StackState, writeJson } from "./state.ts";
import { findSupervisor } from "./supervisor.ts";
import { waitFor } from "./wait.ts";

const START_TIMEOUT_MILLIS = 180_000;

export type StartResult =
  | { readonly status: "healthy"; readonly state: StackState }
  /** These servers died before they were well. */
  | { readonly status: "failed"; readonly servers: readonly ServerState[] }
  | { readonly status: "timeout"; readonly servers: readonly ServerState[] }
  | { readonly status: "no-supervisor"; readonly logTail: readonly string[] };

export interface StartedStack {
  readonly result: StartResult;
  /** False where a supervisor was there already and only got a new spec. */
  readonly isFresh: boolean;
}

/** Hands the spec to the supervisor, starting one if none runs, and waits until all servers are well. */
export async function startStack(
  context: Context,
  spec: StackSpec,
  note: (text: string) => void,
): Promise<StartedStack> {
  const { paths } = context;
  writeJson(paths.spec, spec);
  const running = await findSupervisor(paths);
  const isFresh = !(running && signalProcess(running, "SIGHUP"));
  const logOffset = sizeOf(supervisorLog(paths));
  const supervisor = isFresh ? spawnSupervisor(context) : running;
  const result = await waitFor(() => judge(paths, spec, supervisor, logOffset, note), {
    timeoutMillis: START_TIMEOUT_MILLIS,
  });
  return {
    isFresh,
    result: result ?? { status: "timeout", servers: unwell(readState(paths.state)) },
  };
}

function judge(
  paths: Paths,
  spec: StackSpec,
  supervisor: ProcessRef | undefined,
  logOffset: number,
  note: (text: string) => void,
): StartResult | undefined {
  const state = readState(paths.state);
  if (state?.generation !== spec.generation) {
    if (isAlive(supervisor)) return undefined;
    return { status: "no-supervisor", logTail: readLogTail(supervisorLog(paths), logOffset, 15) };
  }
  const failed = state.servers.filter((server) => server.status === "failed");
  if (failed.length > 0) return { status: "failed", servers: failed };
  const waiting = unwell(state);
  note(waiting.map((server) => server.name).join(", "));
  if (waiting.length === 0) return { status: "healthy", state };
  if (isAlive(state.supervisor)) return undefined;
  return { status: "no-supervisor", logTail: readLogTail(supervisorLog(paths), logOffset, 15) };
}

function unwell(state: StackState | undefined): ServerState[] {
  return state?.servers.filter((server) => server.status !== "healthy") ?? [];
}

const supervisorLog = (paths: Paths): string => join(paths.logs, "supervisor.log");

/** No more than it reads: a NODE_OPTIONS of the user's shell would come along for months. */
const KEPT_SETTING = /^(PATH|HOME|LANG|TZ|TMPDIR|XDG_CACHE_HOME|SIGHTLINE_\w+)$/;

/** Absolute paths, because the supervisor runs in another directory than the user who named them. */
function supervisorEnvironment({ paths, io }: Context): NodeJS.ProcessEnv {
  const kept = Object.entries(io.env).filter(([key]) => KEPT_SETTING.test(key));
  return {
    ...Object.fromEntries(kept),
    [ENV.data]: paths.data,
    [ENV.provisioning]: paths.provisioning,
  };
}

function spawnSupervisor(context: Context): ProcessRef | undefined {
  const { paths } = context;
  makeDirectory(paths.logs);
  const log = openSync(supervisorLog(paths), "a", 0o600);
  const main = join(dirname(fileURLToPath(import.meta.url)), "../main.js");
  try {
    const child = spawn(
      process.execPath,
      // A small heap: it only watches. Without the bounds Node takes memory because it is there.
      ["--max-old-space-size=64", "--max-semi-space-size=1", main, "supervise"],
      {
        cwd: paths.stack,
        env: supervisorEnvironment(context),
        detached: true,
        stdio: ["ignore", log, log],
      },
    );
    child.on("error", () => {});
    child.unref();
    return child.pid === undefined ? undefined : refOf(child.pid);
  } finally {
    closeSync(log);
  }
}

export interface StopReport {
  /** Names of the servers that ran. */
  readonly stopped: readonly string[];
  /** Those that could not be ended: they belong to another user. */
  readonly left: readonly string[];
}

/** Ends the supervisor and with it its servers, and those that a killed supervisor left behind. */
export async function stopStack(paths: Paths): Promise<StopReport> {
  const before = readState(paths.state);
  const ran = (before?.servers ?? []).filter((server) => isAlive(server.process));
  const supervisor = await findSupervisor(paths);
  // Each server has its own 15 s before it is ended by force; the supervisor waits for all of them.
  if (supervisor) await endProcess(supervisor, 90_000);
  const servers = readState(paths.state)?.servers ?? [];
  await Promise.all(servers.map((server) => server.process && endProcess(server.process)));
  const left = servers.filter((server) => isAlive(server.process));
  const after = readState(paths.state);
  if (after && left.length === 0) writeStopped(paths, after);
  const names = ran.length > 0 || !supervisor ? ran.map(({ name }) => name) : ["the supervisor"];
  return { stopped: names, left: left.map(({ name }) => name) };
}

function writeStopped(paths: Paths, state: StackState): void {
  const servers = state.servers.map(({ process: _, ...rest }) => ({
    ...rest,
    status: "stopped" as const,
  }));
  try {
    writeJson(paths.state, { ...state, servers } satisfies StackState);
  } catch {
    // On a full disk `down` must work, most of all with --delete-data; no process is alive any more.
  }
}
