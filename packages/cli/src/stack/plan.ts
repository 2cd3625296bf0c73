import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ENV } from "@sightline/core";
import type { Context } from "../context.ts";
import { recipeDigest } from "./build.ts";
import { planExample } from "./example.ts";
import { planPrograms } from "./node-programs.ts";
import { digestConfig } from "./render.ts";
import type { ServerSpec, StackMode, StackSpec } from "./spec.ts";
import { healthUrl, storeOf, TOOLS, type Tool, toolBinary, toolEnvironment } from "./tools.ts";

/** What the supervisor is to keep running. Reads the rendered configuration, changes nothing. */
export function planStack(context: Context, mode: StackMode, withExample: boolean): StackSpec {
  const { ports, host } = context;
  const servers = mode === "embedded" ? TOOLS.map((tool) => planServer(context, tool)) : [];
  const basic = basicEnvironment(context);
  const programs = planPrograms(context, mode, basic);
  const example = withExample ? [planExample(context, mode, basic)] : [];
  return {
    generation: randomUUID(),
    mode,
    servers: [...servers, ...programs, ...example],
    otlpUrl: `http://127.0.0.1:${ports.otlp}`,
    host,
  };
}

/** Unless the user's environment says otherwise. */
const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  // A newcomer waits for the first count; 5 s costs nothing at this size.
  SIGHTLINE_SPAN_COUNT_INTERVAL: "5s",
};

function planServer(context: Context, tool: Tool): ServerSpec {
  const { paths, ports } = context;
  return {
    name: tool.name,
    title: tool.title,
    version: tool.version,
    command: toolBinary(paths, tool),
    args: tool.args(context),
    // Ours last: a variable of the user's shell must not point our servers at others.
    env: { ...DEFAULT_SETTINGS, ...basicEnvironment(context), ...toolEnvironment(tool, context) },
    cwd: storeOf(paths, tool.name),
    logFile: join(paths.logs, `${tool.name}.log`),
    healthUrl: healthUrl(tool, ports),
    after: tool.after,
    configDigest: `${recipeDigest(paths, tool)}-${digestConfig(paths, tool)}`,
    storeDirectory: storeOf(paths, tool.name),
  };
}

/** Settings that the servers' files read, beside what we set ourselves. */
const SERVER_SETTING =
  /^SIGHTLINE_(LOG_RETENTION|ENVIRONMENT|HOSTS|QUEUE_\w+|COLLECTOR_\w+|LOKI_\w+|HOSTMETRICS_INTERVAL|SPAN_COUNT_INTERVAL)$/;
const BASIC_SETTINGS: ReadonlySet<string> = new Set(["PATH", "HOME", "LANG", "TZ", "TMPDIR"]);

/** Servers see what they need, and no secret that happens to be in the user's shell. */
function basicEnvironment({ io, host }: Context): Record<string, string> {
  const kept = Object.entries(io.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (BASIC_SETTINGS.has(entry[0]) || SERVER_SETTING.test(entry[0])),
  );
  return { ...Object.fromEntries(kept), [ENV.host]: host };
}
