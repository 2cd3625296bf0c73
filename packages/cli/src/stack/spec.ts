import { createHash } from "node:crypto";
import { readJson } from "./state.ts";

/** One process for the supervisor to keep running. A plain value: `up` writes it, tests build it. */
export interface ServerSpec {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
  readonly healthUrl: string;
  /** Names that must be healthy first. */
  readonly after: readonly string[];
  /** Changes when its binary or one of its configuration files does; a new digest means a restart. */
  readonly configDigest: string;
  /** Where it keeps what it stored; `status` measures it. */
  readonly storeDirectory?: string;
}

export type StackMode = "embedded" | "docker";

/** What one `up` asks for. */
export interface StackSpec {
  /** Unique per `up`; the supervisor repeats it in its state once it works on this spec. */
  readonly generation: string;
  /** `docker`: the servers run in containers, and the supervisor keeps the example and the heartbeat. */
  readonly mode: StackMode;
  readonly servers: readonly ServerSpec[];
  /** OTLP/HTTP base URL that the supervisor's own heartbeat goes to. */
  readonly otlpUrl: string;
  readonly host: string;
}

/** Undefined where there is none, or where somebody damaged it. */
export function readSpec(path: string): StackSpec | undefined {
  return readJson<StackSpec>(
    path,
    ({ servers, generation, otlpUrl }) =>
      typeof generation === "string" &&
      URL.canParse(otlpUrl) &&
      Array.isArray(servers) &&
      servers.every(isServerSpec),
  );
}

function isServerSpec(server: ServerSpec): boolean {
  const { name, command, cwd, logFile, healthUrl, args, after, env } = server;
  return (
    [name, command, cwd, logFile].every((text) => typeof text === "string") &&
    [args, after].every((list) => Array.isArray(list)) &&
    typeof env === "object" &&
    env !== null &&
    URL.canParse(healthUrl)
  );
}

/** Differ from shell to shell, and no server works otherwise for it; so none restarts for it. */
const SHELL_SETTINGS: ReadonlySet<string> = new Set(["PATH", "LANG", "TMPDIR"]);

/** Two specs with the same digest describe the same running process. */
export function digestOf(spec: ServerSpec): string {
  const { command, args, env, cwd, configDigest } = spec;
  const settings = Object.entries(env)
    .filter(([key]) => !SHELL_SETTINGS.has(key))
    .sort();
  return createHash("sha256")
    .update(JSON.stringify([command, args, settings, cwd, configDigest]))
    .digest("hex");
}
