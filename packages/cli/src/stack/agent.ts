import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { AGENT_MODES, type AgentMode, DATA_FOLDER, ENV, EXIT } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { Failure } from "../failure.ts";
import { sendHttp } from "./http.ts";
import { portVariable } from "./ports.ts";
import type { ServerSpec, StackMode } from "./spec.ts";

export const AGENT_NAME = "agent";
export const AGENT_TITLE = "the agent (containers, files, journald)";
export const AGENT_HEALTH_PATH = "/healthz";

/** Where the agent's program is. The packages never import each other: it is a process of its own. */
export interface AgentProgram {
  readonly main: string;
  readonly version: string;
}

/** The one that this CLI depends on; undefined where it is not installed, or in a clone not built. */
export function findAgent(): AgentProgram | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve("@sightline/agent");
    const main = join(dirname(entry), "main.js");
    const manifest = join(dirname(entry), "../package.json");
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
    return existsSync(main) ? { main, version } : undefined;
  } catch {
    return undefined;
  }
}

/** Who runs the agent, by `SIGHTLINE_AGENT`; default `process`. */
export function readAgentMode({ io }: Context): AgentMode {
  const given = io.env[ENV.agent] || "process";
  const mode = AGENT_MODES.find((each) => each === given);
  if (mode) return mode;
  const known = AGENT_MODES.map((each) => `"${each}"`).join(", ");
  throw new Failure(`${ENV.agent}: expected one of ${known}, got "${given}"`, {
    exitCode: EXIT.usage,
    advice: [`unset ${ENV.agent} to have the agent run beside the stack`],
  });
}

/** The program to keep running beside the stack; undefined where that is not wanted, or not there. */
export function chooseAgent(context: Context, mode: StackMode): AgentProgram | undefined {
  const wanted = readAgentMode(context);
  if (wanted === "container" && mode === "embedded") {
    throw new Failure(`${ENV.agent} is "container", and the servers are to run without Docker`, {
      exitCode: EXIT.usage,
      advice: [
        `unset ${ENV.agent} to run the agent as a process, or run \`${context.self} up --mode docker\``,
      ],
    });
  }
  return wanted === "process" ? findAgent() : undefined;
}

/** What the agent reads; no secret that happens to be in the user's shell. */
export function planAgent(
  context: Context,
  program: AgentProgram,
  mode: StackMode,
  basicEnvironment: Readonly<Record<string, string>>,
): ServerSpec {
  const { io, paths, ports } = context;
  const folder = join(paths.data, DATA_FOLDER.agent);
  const given = io.env[ENV.agentConfig];
  // Absolute: it runs in another folder than the user who named the file.
  const config = given ? resolve(given) : undefined;
  const dockerHost = io.env["DOCKER_HOST"];
  return {
    name: AGENT_NAME,
    title: AGENT_TITLE,
    version: program.version,
    command: process.execPath,
    args: [program.main],
    env: {
      ...basicEnvironment,
      // One arena of malloc in place of one per thread: a tenth less memory, no slower.
      MALLOC_ARENA_MAX: "1",
      [ENV.data]: paths.data,
      [portVariable(AGENT_NAME)]: String(ports.agent),
      OTEL_EXPORTER_OTLP_ENDPOINT: serverUrl(context, "otlp"),
      ...(config && { [ENV.agentConfig]: config }),
      ...(dockerHost && { DOCKER_HOST: dockerHost }),
    },
    cwd: folder,
    logFile: join(paths.logs, `${AGENT_NAME}.log`),
    healthUrl: healthUrlOf(context),
    // Also for the end: the collector takes the agent's last lines.
    after: mode === "embedded" ? ["collector"] : [],
    configDigest: digestFile(config),
    storeDirectory: folder,
  };
}

export function healthUrlOf(context: Context): string {
  return `${serverUrl(context, AGENT_NAME)}${AGENT_HEALTH_PATH}`;
}

/** A changed `agent.json` restarts the agent; whether it can be read is the agent's to say. */
function digestFile(path: string | undefined): string {
  if (path === undefined) return "";
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return "unreadable";
  }
}

/** What the agent says about itself beside being well; nothing where it does not answer. */
export async function readAgentNotes(context: Context): Promise<readonly string[]> {
  const url = healthUrlOf(context);
  const answer = await sendHttp({ url, timeoutMillis: 2_000, maxBytes: 65_536 });
  return answer.status === "answered" ? parseAgentNotes(answer.body) : [];
}

/** The parts of the agent's `/healthz` that people want to know of. */
interface AgentHealth {
  readonly docker?: unknown;
  readonly journal?: { readonly lastError?: unknown; readonly waitingRecords?: unknown };
}

/** In words what of `/healthz` is no fault of the agent and yet keeps it from its work. */
export function parseAgentNotes(body: string): readonly string[] {
  const health = parseObject(body) as AgentHealth;
  const notes: string[] = [];
  if (health.docker === "away") {
    notes.push("no Docker engine answers; it goes on looking for one");
  }
  const { lastError, waitingRecords } = health.journal ?? {};
  if (typeof lastError === "string") {
    notes.push(
      `the collector does not take its records: ${lastError}; ${Number(waitingRecords) || 0} wait on disk`,
    );
  }
  return notes;
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
