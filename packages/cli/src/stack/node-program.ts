import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { AGENT_MODES, type AgentMode, ENV, EXIT } from "@sightline/core";
import { type Context, serverUrl } from "../context.ts";
import { Failure } from "../failure.ts";
import { sendHttp } from "./http.ts";
import { portVariable } from "./ports.ts";
import type { ServerSpec, StackMode } from "./spec.ts";

const HEALTH_PATH = "/healthz";

/** A program of ours that runs beside the servers; the packages never import each other. */
export interface NodeProgram {
  /** Also its port, its Compose service and that service's profile. */
  readonly name: "agent" | "gateway";
  readonly title: string;
  readonly packageName: string;
  /** Variable that says who runs it; one of {@link AGENT_MODES}. */
  readonly modeVariable: string;
  /** Who runs it where that variable says nothing. */
  readonly defaultMode: (context: Context, mode: StackMode) => AgentMode;
  /** What does not work without it, for those who have not installed it. */
  readonly absence: string;
  /** Below `SIGHTLINE_DATA`: where it runs and keeps its files. */
  readonly folder: string;
  /** What it reads beside what every program gets; no secret that happens to be in the shell. */
  readonly env: (context: Context, mode: StackMode) => Readonly<Record<string, string>>;
  /** Text of its settings for which it has to start again; undefined where it has none. */
  readonly restartsFor: (context: Context, mode: StackMode) => string | undefined;
  /** In words what of `/healthz` is no fault of it and yet keeps it from its work. */
  readonly parseNotes: (body: string) => readonly string[];
}

/** Where a program is. */
export interface ProgramPlace {
  readonly main: string;
  readonly version: string;
}

/** The one that this CLI depends on; undefined where it is not installed, or in a clone not built. */
export function findProgram({ packageName }: NodeProgram): ProgramPlace | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(packageName);
    const main = join(dirname(entry), "main.js");
    const manifest = join(dirname(entry), "../package.json");
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
    return existsSync(main) ? { main, version } : undefined;
  } catch {
    return undefined;
  }
}

/** Who runs it: the supervisor (`process`), Docker, or nobody of ours. */
export function readProgramMode(
  context: Context,
  program: NodeProgram,
  mode: StackMode,
): AgentMode {
  const { modeVariable, name } = program;
  const given = context.io.env[modeVariable] || program.defaultMode(context, mode);
  const found = AGENT_MODES.find((each) => each === given);
  if (found) return found;
  const known = AGENT_MODES.map((each) => `"${each}"`).join(", ");
  throw new Failure(`${modeVariable}: expected one of ${known}, got "${given}"`, {
    exitCode: EXIT.usage,
    advice: [`unset ${modeVariable} to have the ${name} run beside the stack`],
  });
}

/** The program to keep running beside the stack; undefined where that is not wanted, or not there. */
export function chooseProgram(
  context: Context,
  program: NodeProgram,
  mode: StackMode,
): ProgramPlace | undefined {
  const { modeVariable, name } = program;
  const wanted = readProgramMode(context, program, mode);
  if (wanted === "container" && mode === "embedded") {
    throw new Failure(`${modeVariable} is "container", and the servers are to run without Docker`, {
      exitCode: EXIT.usage,
      advice: [
        `unset ${modeVariable} to run the ${name} as a process, or run \`${context.self} up --mode docker\``,
      ],
    });
  }
  return wanted === "process" ? findProgram(program) : undefined;
}

export function planProgram(
  context: Context,
  program: NodeProgram,
  { main, version }: ProgramPlace,
  mode: StackMode,
  basicEnvironment: Readonly<Record<string, string>>,
): ServerSpec {
  const { paths, ports } = context;
  const { name, title } = program;
  const folder = join(paths.data, program.folder);
  return {
    name,
    title,
    version,
    command: process.execPath,
    args: [main],
    env: {
      ...basicEnvironment,
      // One arena of malloc in place of one per thread: a tenth less memory, no slower.
      MALLOC_ARENA_MAX: "1",
      [ENV.data]: paths.data,
      [portVariable(name)]: String(ports[name]),
      OTEL_EXPORTER_OTLP_ENDPOINT: serverUrl(context, "otlp"),
      ...program.env(context, mode),
    },
    cwd: folder,
    logFile: join(paths.logs, `${name}.log`),
    healthUrl: programHealthUrl(context, program),
    // Also for the end: the collector takes its last lines.
    after: mode === "embedded" ? ["collector"] : [],
    configDigest: digestText(program.restartsFor(context, mode)),
    storeDirectory: folder,
  };
}

export function programHealthUrl(context: Context, { name }: NodeProgram): string {
  return `${serverUrl(context, name)}${HEALTH_PATH}`;
}

function digestText(text: string | undefined): string {
  return text === undefined ? "" : createHash("sha256").update(text).digest("hex");
}

/** Whether a file of settings can be read is the program's to say. */
export function readSettingsText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "unreadable";
  }
}

/** What it says about itself beside being well; nothing where it does not answer. */
export async function readProgramNotes(
  context: Context,
  program: NodeProgram,
): Promise<readonly string[]> {
  const url = programHealthUrl(context, program);
  const answer = await sendHttp({ url, timeoutMillis: 2_000, maxBytes: 65_536 });
  return answer.status === "answered" ? program.parseNotes(answer.body) : [];
}

/** An object, whatever the text is: another program may hold the port. */
export function parseObject(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
