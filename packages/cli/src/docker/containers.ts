import type { Context } from "../context.ts";
import { runTool } from "./engine.ts";
import { projectName, toolFailure } from "./project.ts";

/** One container of our project, as the engine knows it. */
export interface Container {
  readonly id: string;
  /** Its service in docker-compose.yml. */
  readonly service: string;
  /** As Docker says it: created, running, paused, restarting, exited, dead. */
  readonly state: string;
  /** How often the engine has started it again since it was made. */
  readonly restarts: number;
  /** Only while it runs. */
  readonly startedUnixMillis?: number;
}

const TIMEOUT_MILLIS = 30_000;

/** All containers of the project, also those that have ended. By label, so no file is needed. */
export async function readContainers(context: Context): Promise<Container[]> {
  const listed = await docker(context, ["ps", "--all", "--quiet", "--no-trunc"]);
  const ids = listed.split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  const { stdout } = await runTool("docker", ["container", "inspect", ...ids], {
    env: context.io.env,
    timeoutMillis: TIMEOUT_MILLIS,
  });
  return parseInspected(stdout);
}

export async function hasVolumes(context: Context): Promise<boolean> {
  return (await docker(context, ["volume", "ls", "--quiet"])).trim() !== "";
}

async function docker({ paths, io }: Context, args: readonly string[]): Promise<string> {
  const filter = `label=com.docker.compose.project=${projectName(paths, io.env)}`;
  const options = { env: io.env, timeoutMillis: TIMEOUT_MILLIS };
  const result = await runTool("docker", [...args, "--filter", filter], options);
  if (result.code === 0) return result.stdout;
  // Taken for "nothing there", it would make a running stack look stopped.
  throw toolFailure(`\`docker ${args.join(" ")}\` failed`, result);
}

/** A container that runs, or that the engine is about to run again. */
export function isActive({ state }: Container): boolean {
  return state === "running" || state === "restarting" || state === "paused";
}

interface Inspected {
  readonly Id: string;
  readonly RestartCount: number;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  readonly State: { readonly Status: string; readonly StartedAt: string };
}

/** Reads what `docker container inspect` prints. */
export function parseInspected(text: string): Container[] {
  if (text.trim() === "") return [];
  return (JSON.parse(text) as Inspected[]).map(({ Id, RestartCount, Config, State }) => {
    const startedUnixMillis = Date.parse(State.StartedAt);
    const isRunning = State.Status === "running" && Number.isFinite(startedUnixMillis);
    return {
      id: Id,
      service: Config.Labels?.["com.docker.compose.service"] ?? "",
      state: State.Status,
      restarts: RestartCount,
      ...(isRunning && { startedUnixMillis }),
    };
  });
}

/** Memory of each container by its id, bytes; without those whose memory Docker does not know. */
export async function readMemory(
  context: Context,
  containers: readonly Container[],
): Promise<ReadonlyMap<string, number>> {
  const ids = containers.filter(({ state }) => state === "running").map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const args = ["stats", "--no-stream", "--no-trunc", "--format", "{{json .}}", ...ids];
  const options = { env: context.io.env, timeoutMillis: TIMEOUT_MILLIS };
  return parseStats((await runTool("docker", args, options)).stdout);
}

/** Reads what `docker stats --no-trunc --format '{{json .}}'` prints: one object a line. */
export function parseStats(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split("\n").filter((each) => each.startsWith("{"))) {
    const { ID, MemUsage = "" } = JSON.parse(line) as { ID: string; MemUsage?: string };
    // A kernel that does not account memory gives "0B / 0B".
    const bytes = parseSize(MemUsage.split("/")[0] ?? "");
    if (bytes) found.set(ID, bytes);
  }
  return found;
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** "12.3MiB" → bytes; undefined where it is no size, as "--" of a container that just ended. */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ""] = /^([\d.]+)\s*([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const bytes = Number(number) * (UNIT_BYTES[unit] ?? Number.NaN);
  return Number.isFinite(bytes) ? Math.round(bytes) : undefined;
}
