import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Progress } from "../report/progress.ts";
import { isAlive } from "../stack/process.ts";
import { readSpec, type StackMode } from "../stack/spec.ts";
import { readState } from "../stack/state.ts";
import { type DockerReadiness, getReady } from "./compose.ts";

/**
 * Docker if an engine runs and its images are here or can be pulled, else embedded. What runs
 * already keeps its mode: two stacks on the same ports and data would eat each other's files.
 */
export async function chooseMode(
  context: Context,
  progress: Progress,
  wanted: StackMode | undefined,
): Promise<StackMode> {
  const current = runningMode(context);
  if (current && wanted && wanted !== current) {
    throw new Failure(`the stack runs in mode "${current}", and --mode asks for "${wanted}"`, {
      exitCode: EXIT.usage,
      advice: [`${context.self} down   stops it first; the data stays`],
    });
  }
  return await getMode(context, progress, wanted ?? current);
}

/** The same where nothing is started: what runs is no obstacle. */
export function chooseBuildMode(
  context: Context,
  progress: Progress,
  wanted: StackMode | undefined,
): Promise<StackMode> {
  return getMode(context, progress, wanted ?? runningMode(context));
}

async function getMode(
  context: Context,
  progress: Progress,
  mode: StackMode | undefined,
): Promise<StackMode> {
  if (mode === "embedded") return mode;
  const readiness = await getReady(context, progress);
  if (readiness.status === "ready") return "docker";
  if (mode === "docker") throw notReady(context, readiness);
  context.io.err(`not using Docker: ${readiness.reason}\n`);
  return "embedded";
}

function runningMode(context: Context): StackMode | undefined {
  const state = readState(context.paths.state);
  const isRunning =
    isAlive(state?.supervisor) || state?.servers.some((server) => isAlive(server.process));
  return isRunning ? readSpec(context.paths.spec)?.mode : undefined;
}

function notReady(
  context: Context,
  readiness: Extract<DockerReadiness, { status: "not-ready" }>,
): Failure {
  return new Failure(`Docker cannot be used: ${readiness.reason}`, {
    advice: [
      readiness.advice,
      `${context.self} up --mode embedded   runs the servers without Docker`,
    ],
  });
}
