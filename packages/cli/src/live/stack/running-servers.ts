import { type Context, serverUrl } from "../../context.ts";
import { type Container, readContainers } from "../../docker/containers.ts";
import { runTool } from "../../docker/engine.ts";
import { readLogTail, sizeOf } from "../../stack/log-file.ts";
import { isAlive, signalProcess } from "../../stack/process.ts";
import { readSpec, type StackMode } from "../../stack/spec.ts";
import { readState, type ServerState } from "../../stack/state.ts";

/** Servers that read rules, probes or routes. */
export const ALERT_SERVERS = ["prometheus", "loki", "alertmanager", "blackbox"] as const;
export type AlertServer = (typeof ALERT_SERVERS)[number];

export interface RunningServer {
  readonly name: AlertServer;
  readonly url: string;
  /** SIGHUP; false where it could not be given. */
  readonly hangUp: () => Promise<boolean>;
  /** Remembers the end of its log; the function gives what it said since. */
  readonly listen: () => () => Promise<readonly string[]>;
  /** What it said in the last milliseconds. */
  readonly recentLog: (millis: number) => Promise<readonly string[]>;
}

export interface RunningStack {
  readonly mode: StackMode;
  readonly servers: ReadonlyMap<AlertServer, RunningServer>;
}

const TAIL_LINES = 40;
const TIMEOUT_MILLIS = 30_000;

/** How the stack was last started; embedded where it never was. */
export function stackMode({ paths }: Context): StackMode {
  return readSpec(paths.spec)?.mode ?? "embedded";
}

/** The servers that run now. None: nothing runs, and what is written is loaded by the next `up`. */
export async function findRunningStack(context: Context): Promise<RunningStack> {
  const mode = stackMode(context);
  const servers = mode === "docker" ? await findContainers(context) : findProcesses(context);
  return { mode, servers: new Map(servers.map((server) => [server.name, server])) };
}

function findProcesses(context: Context): RunningServer[] {
  const running = (readState(context.paths.state)?.servers ?? []).filter(
    (server) => isAlert(server.name) && isAlive(server.process),
  );
  return running.map((server) => toProcess(context, server));
}

function toProcess(context: Context, { name, process, logFile }: ServerState): RunningServer {
  return {
    name: name as AlertServer,
    url: serverUrl(context, name as AlertServer),
    hangUp: async () => process !== undefined && signalProcess(process, "SIGHUP"),
    listen: () => {
      const from = sizeOf(logFile);
      return async () => readLogTail(logFile, from, TAIL_LINES);
    },
    recentLog: async (millis) =>
      readLogTail(logFile, 0, TAIL_LINES).filter((line) => isYounger(line, millis)),
  };
}

async function findContainers(context: Context): Promise<RunningServer[]> {
  const running = (await readContainers(context)).filter(
    ({ service, state }) => isAlert(service) && state === "running",
  );
  return running.map((container) => toContainer(context, container));
}

function toContainer(context: Context, { id, service }: Container): RunningServer {
  const docker = (args: readonly string[]) =>
    runTool("docker", args, { env: context.io.env, timeoutMillis: TIMEOUT_MILLIS });
  const logSince = async (since: Date): Promise<readonly string[]> => {
    const args = ["logs", "--since", since.toISOString(), "--tail", String(TAIL_LINES), id];
    const said = await docker(args);
    return `${said.stdout}\n${said.stderr}`.split("\n").filter((line) => line.trim() !== "");
  };
  return {
    name: service as AlertServer,
    url: serverUrl(context, service as AlertServer),
    hangUp: async () => (await docker(["kill", "--signal", "HUP", id])).code === 0,
    listen: () => {
      const since = new Date();
      return () => logSince(since);
    },
    recentLog: (millis) => logSince(new Date(Date.now() - millis)),
  };
}

/** All of them write logfmt with `ts=` or `time=`. */
function isYounger(line: string, millis: number): boolean {
  const [, time] = /\b(?:ts|time)="?([\dT:.Z+-]+)/.exec(line) ?? [];
  return time !== undefined && Date.now() - Date.parse(time) < millis;
}

function isAlert(name: string): name is AlertServer {
  return (ALERT_SERVERS as readonly string[]).includes(name);
}
