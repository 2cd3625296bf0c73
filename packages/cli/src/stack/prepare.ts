import { join } from "node:path";
import { EXIT, formatDuration, type PortName } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Progress } from "../report/progress.ts";
import { buildTool, isBuilt } from "./build.ts";
import { renderGatewaySettings } from "./gateway-settings.ts";
import { chooseProgram } from "./node-program.ts";
import { NODE_PROGRAMS } from "./node-programs.ts";
import { findPortProblem } from "./ports.ts";
import {
  findPreflightProblems,
  readFreeBytes,
  readGoVersion,
  readReadProblem,
  readWriteProblem,
} from "./preflight.ts";
import { isAlive } from "./process.ts";
import { renderConfig, renderContainerConfig } from "./render.ts";
import type { StackMode } from "./spec.ts";
import { readState } from "./state.ts";
import { TOOLS, type Tool } from "./tools.ts";

/** Everything that could stand in the way, before anything starts; gives the servers to build. */
export async function checkBeforeStart(
  context: Context,
  withExample: boolean,
): Promise<readonly Tool[]> {
  const wanted = TOOLS.flatMap((tool) => tool.ports);
  const ports = [...wanted, ...processPorts(context, "embedded", withExample)];
  return check(context, await findPortProblems(context, ports));
}

/** What the supervisor's own processes open beside the servers: our programs and the example. */
export function processPorts(context: Context, mode: StackMode, withExample: boolean): PortName[] {
  const programs = NODE_PROGRAMS.filter((program) => chooseProgram(context, program, mode));
  const names: PortName[] = programs.map(({ name }) => name);
  return withExample ? [...names, "board"] : names;
}

/** The same where nothing is started: taken ports do not matter. */
export function checkBeforeBuild(context: Context): readonly Tool[] {
  return check(context, []);
}

function check(context: Context, portProblems: readonly string[]): readonly Tool[] {
  const { paths } = context;
  const toBuild = TOOLS.filter((tool) => !isBuilt(paths, tool));
  const folders = TOOLS.map((tool) => join(paths.provisioning, tool.name));
  const dataWritable = readWriteProblem(paths.data);
  const problems = findPreflightProblems({
    self: context.self,
    platform: process.platform,
    goVersion: toBuild.length > 0 ? readGoVersion() : undefined,
    toBuild: toBuild.map((tool) => tool.name),
    dataDirectory: paths.data,
    dataWritable,
    dataFreeBytes: readFreeBytes(paths.data),
    cacheDirectory: paths.cache,
    cacheWritable: toBuild.length > 0 ? readWriteProblem(paths.cache) : undefined,
    cacheFreeBytes: readFreeBytes(paths.cache),
    missingConfiguration: folders.filter((folder) => readReadProblem(folder) !== undefined),
    portProblems,
  });
  refuseStart(context, problems);
  return toBuild;
}

/** Fails with every problem at once; none: goes on. */
export function refuseStart(context: Context, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new Failure(`nothing was started:\n${problems.map((line) => `  ${line}`).join("\n")}`, {
    exitCode: EXIT.failure,
    advice: [`then run \`${context.self} up\` again`],
  });
}

/** Ports that our own running servers hold are no problem; with other ports those servers restart. */
export async function findPortProblems(
  context: Context,
  wanted: readonly PortName[],
): Promise<string[]> {
  const running = readState(context.paths.state)?.servers ?? [];
  const ownPids = new Set(
    running.flatMap(({ process }) => (process && isAlive(process) ? [process.pid] : [])),
  );
  const problems = await Promise.all(
    wanted.map((name) => findPortProblem(name, context.ports[name], ownPids)),
  );
  return problems.filter((problem) => problem !== undefined);
}

/** Builds what is missing, one after the other: each build uses every core by itself. */
export async function buildServers(
  context: Context,
  progress: Progress,
  tools: readonly Tool[],
): Promise<void> {
  const total = tools.reduce((sum, tool) => sum + tool.build.coldMinutes, 0);
  if (tools.length > 0) {
    context.io.err(
      `building ${tools.length} servers from source, once; on two cores about ${formatDuration(total * 60_000)}\n`,
    );
  }
  for (const [index, tool] of tools.entries()) {
    const title = `building ${tool.name} ${tool.version} (${index + 1} of ${tools.length})`;
    await progress.step(title, async (note) => {
      note(`about ${formatDuration(tool.build.coldMinutes * 60_000)} cold`);
      const result = await buildTool(context.paths, tool);
      note("");
      if (result.status === "failed") throw new Failure(result.reason, { advice: [result.advice] });
    });
  }
}

/**
 * Writes the configuration of every server; gives those of which something changed that they read
 * again while they run. Prometheus sees changed targets by itself.
 */
export function renderAll({ paths, ports }: Context): readonly string[] {
  const changed = TOOLS.filter((tool) => hasNews(tool, renderConfig(paths, tool, ports)));
  renderGatewaySettings(paths, "embedded");
  return changed.map(({ name }) => name);
}

/** Servers whose containers mount what is rendered; the others mount their files as they are. */
export const RENDERED_TOOLS: readonly Tool[] = TOOLS.filter(
  ({ reloadable }) => reloadable !== undefined,
);

/** The same for servers in containers. */
export function renderForContainers({ paths }: Context): readonly string[] {
  const changed = RENDERED_TOOLS.filter((tool) =>
    hasNews(tool, renderContainerConfig(paths, tool)),
  );
  renderGatewaySettings(paths, "docker");
  return changed.map(({ name }) => name);
}

function hasNews({ reloadable }: Tool, files: readonly string[]): boolean {
  return files.some((file) => reloadable?.test(file) && !file.startsWith("targets/"));
}
