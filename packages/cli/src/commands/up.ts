import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { chooseBuildMode, chooseMode } from "../docker/choose-mode.ts";
import { composeDown, composeUp } from "../docker/compose.ts";
import { checkBeforeCompose } from "../docker/preflight.ts";
import { Failure } from "../failure.ts";
import { loadRendered } from "../live/stack/load-servers.ts";
import { giveSecrets } from "../live/stack/secret-files.ts";
import { readBackExample, readBackHeartbeat } from "../readback/read-back.ts";
import { sendExampleTraffic } from "../readback/traffic.ts";
import { createProgress, type Progress } from "../report/progress.ts";
import { renderUp } from "../report/up-text.ts";
import { hasExample } from "../stack/example.ts";
import { writeExampleApp } from "../stack/example-app.ts";
import { withStackLock } from "../stack/exclusive.ts";
import { explainStartFailure } from "../stack/explain-start.ts";
import { chooseProgram, readProgramMode } from "../stack/node-program.ts";
import { NODE_PROGRAMS } from "../stack/node-programs.ts";
import { planStack } from "../stack/plan.ts";
import {
  buildServers,
  checkBeforeBuild,
  checkBeforeStart,
  renderAll,
  renderForContainers,
} from "../stack/prepare.ts";
import type { StackMode, StackSpec } from "../stack/spec.ts";
import { startStack, stopStack } from "../stack/start.ts";
import { writeJson } from "../stack/state.ts";
import { readStackStatus } from "../stack/status.ts";
import { createUserSecret } from "../stack/user-secret.ts";

export interface UpOptions {
  readonly mode?: StackMode;
  /** `stack`: without the example. `build`: get the servers and start nothing. */
  readonly only?: "stack" | "build";
  readonly json?: boolean;
}

/**
 * `sightline up`: gets and starts the servers, shows the main job on the example, and reads every
 * signal back. 0 only if each one was found again in its store.
 */
export async function upCommand(context: Context, options: UpOptions): Promise<number> {
  const startedMillis = performance.now();
  const progress = createProgress(context.io, context.paint);
  if (options.only === "build") return await buildOnly(context, progress, options);
  const withExample = options.only !== "stack" && hasExample(context);
  const mode = await withStackLock(context, "up", () =>
    bringUp(context, progress, options, withExample),
  );
  const readBack = withExample
    ? await readBackExample(context, progress, await sendExampleTraffic(context, progress))
    : await readBackHeartbeat(context, progress);
  const status = await readStackStatus(context);
  const report = { mode, elapsedMillis: performance.now() - startedMillis, readBack, status };
  context.io.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : renderUp(context, report));
  return readBack.every((signal) => signal.status === "read") ? EXIT.ok : EXIT.failure;
}

async function buildOnly(
  context: Context,
  progress: Progress,
  options: UpOptions,
): Promise<number> {
  const mode = await withStackLock(context, "up", async () => {
    const chosen = await chooseBuildMode(context, progress, options.mode);
    // With Docker the choice has pulled the images already.
    if (chosen === "embedded") {
      await buildServers(context, progress, checkBeforeBuild(context));
    }
    return chosen;
  });
  const { cache } = context.paths;
  const report =
    mode === "embedded" ? { status: "built", mode, cache } : { status: "pulled", mode };
  const text =
    mode === "embedded"
      ? `the servers are built, in ${cache}`
      : "the images of all servers are here";
  context.io.out(`${options.json ? JSON.stringify(report, null, 2) : text}\n`);
  return EXIT.ok;
}

async function bringUp(
  context: Context,
  progress: Progress,
  options: UpOptions,
  withExample: boolean,
): Promise<StackMode> {
  const mode = await chooseMode(context, progress, options.mode);
  tellAbsences(context, mode);
  if (mode === "docker") {
    await bringUpDocker(context, progress, withExample);
  } else {
    const toBuild = await checkBeforeStart(context, withExample);
    await buildServers(context, progress, toBuild);
    makeReady(context, withExample);
    const changed = renderAll(context);
    await start(context, progress, planStack(context, mode, withExample));
    await load(context, progress, changed);
  }
  return mode;
}

/** Who installed this command alone may lack a program of ours; the stack runs without it. */
function tellAbsences(context: Context, mode: StackMode): void {
  for (const program of NODE_PROGRAMS) {
    const isWanted = readProgramMode(context, program, mode) === "process";
    if (!isWanted || chooseProgram(context, program, mode)) continue;
    const { name, packageName, absence } = program;
    context.io.err(
      `the ${name} is not installed beside this command: ${absence}; \`npm install ${packageName}\` brings it\n`,
    );
  }
}

/** What planning and rendering read, made before both. */
function makeReady(context: Context, withExample: boolean): void {
  createUserSecret(context);
  writeExampleApp(context, withExample);
}

async function bringUpDocker(
  context: Context,
  progress: Progress,
  withExample: boolean,
): Promise<void> {
  const { isFresh } = await checkBeforeCompose(context, withExample);
  makeReady(context, withExample);
  // Before the first container: should this end in the middle, `down` has to know of them.
  const spec = planStack(context, "docker", withExample);
  writeJson(context.paths.spec, spec);
  const advice = isFresh
    ? "everything that this command started was stopped again; the data stays"
    : `${context.self} down   stops the containers; the data stays`;
  const changed = renderForContainers(context);
  giveSecrets(context.paths, "docker");
  try {
    await composeUp(context, progress, [advice]);
    await start(context, progress, spec);
    await load(context, progress, changed);
  } catch (error) {
    // Half a stack helps nobody, but what ran before this command is not ours to end.
    if (isFresh) await removeContainers(context, progress);
    throw error;
  }
}

/** The stack runs all the same: who refused its files goes on with what it had. */
async function load(
  context: Context,
  progress: Progress,
  changed: readonly string[],
): Promise<void> {
  if (changed.length === 0) return;
  const refusals = await progress.step("loading rules and routes", () =>
    loadRendered(context, changed),
  );
  for (const { server, reason } of refusals) {
    context.io.err(
      `${server} goes on with its old files, because it refused the new ones: ${reason}\n`,
    );
  }
}

/** A failure here must not hide the one that led to it, so it is only told. */
async function removeContainers(context: Context, progress: Progress): Promise<void> {
  try {
    await progress.step("stopping the containers again", () => composeDown(context, false));
  } catch (error) {
    const { message } = error as Error;
    context.io.err(`${message}\n  ${context.self} down   tries it again\n`);
  }
}

async function start(context: Context, progress: Progress, spec: StackSpec): Promise<void> {
  const names = spec.servers.map(({ name }) => `the ${name}`).join(" and ");
  const title =
    spec.mode === "embedded" ? "starting the servers" : `starting ${names || "the supervisor"}`;
  const { result, isFresh } = await progress.step(title, async (note) => {
    const started = await startStack(context, spec, note);
    note("");
    return started;
  });
  if (result.status === "healthy") return;
  // Half a stack helps nobody, but what ran before this command is not ours to end.
  if (isFresh) await stopStack(context.paths);
  throw new Failure(...explainStartFailure(context, result, isFresh));
}
