import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ENV } from "@sightline/core";
import type { Context } from "../context.ts";
import { chooseAgent, planAgent } from "./agent.ts";
import { recipeDigest } from "./build.ts";
import { digestConfig } from "./render.ts";
import type { ServerSpec, StackMode, StackSpec } from "./spec.ts";
import { healthUrl, storeOf, TOOLS, type Tool, toolBinary, toolEnvironment } from "./tools.ts";

/** What the supervisor is to keep running. Reads the rendered configuration, changes nothing. */
export function planStack(context: Context, mode: StackMode, withExample: boolean): StackSpec {
  const { ports, host } = context;
  const servers = mode === "embedded" ? TOOLS.map((tool) => planServer(context, tool)) : [];
  const program = chooseAgent(context, mode);
  const agent = program ? [planAgent(context, program, mode, basicEnvironment(context))] : [];
  const example = withExample ? [planExample(context, mode)] : [];
  return {
    generation: randomUUID(),
    mode,
    servers: [...servers, ...agent, ...example],
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

const exampleDirectory = (context: Context): string => join(context.paths.assets, "examples/board");

/** The example comes with a clone; the npm package has none. */
export function hasExample(context: Context): boolean {
  return existsSync(join(exampleDirectory(context), "dist/main.js"));
}

/** The example's own script that sends it a bounded stream of requests. */
export function exampleTrafficScript(context: Context): string {
  return join(exampleDirectory(context), "dist/traffic.js");
}

export const EXAMPLE_SERVICE_NAME = "board";

function planExample(context: Context, mode: StackMode): ServerSpec {
  const { paths, ports } = context;
  const store = storeOf(paths, EXAMPLE_SERVICE_NAME);
  return {
    name: EXAMPLE_SERVICE_NAME,
    title: "the example application",
    version: "1.0.0",
    command: process.execPath,
    args: ["--import", "@sightline/node/register", "dist/main.js"],
    env: {
      ...basicEnvironment(context),
      SIGHTLINE_PORT_BOARD: String(ports.board),
      BOARD_DATA: join(store, "board.db"),
      [ENV.data]: paths.data,
      // No secret: the example's users are made up, and stay the same from one `up` to the next.
      [ENV.userSecret]: "made-up users of the board",
      OTEL_SERVICE_NAME: EXAMPLE_SERVICE_NAME,
      OTEL_RESOURCE_ATTRIBUTES: "service.version=1.0.0,deployment.environment.name=demo",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.otlp}`,
      OTEL_METRIC_EXPORT_INTERVAL: "5000",
      OTEL_TRACES_SAMPLER: "always_on",
    },
    cwd: exampleDirectory(context),
    logFile: join(paths.logs, `${EXAMPLE_SERVICE_NAME}.log`),
    healthUrl: `http://127.0.0.1:${ports.board}/healthz`,
    after: mode === "embedded" ? ["collector"] : [],
    configDigest: "",
    storeDirectory: store,
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
