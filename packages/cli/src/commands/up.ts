import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { chooseMode } from "../docker/choose-mode.ts";
import { composeUp } from "../docker/compose.ts";
import { Failure } from "../failure.ts";
import { readBackExample, readBackHeartbeat } from "../readback/read-back.ts";
import { sendExampleTraffic } from "../readback/traffic.ts";
import { createProgress, type Progress } from "../report/progress.ts";
import { renderUp } from "../report/up-text.ts";
import { withStackLock } from "../stack/exclusive.ts";
import { explainStartFailure } from "../stack/explain-start.ts";
import { hasExample, planStack } from "../stack/plan.ts";
import { buildServers, checkBeforeBuild, checkBeforeStart, renderAll } from "../stack/prepare.ts";
import type { StackMode } from "../stack/spec.ts";
import { startStack, stopStack } from "../stack/start.ts";
import { writeJson } from "../stack/state.ts";
import { readStackStatus } from "../stack/status.ts";

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
  if (options.only === "build") return await buildOnly(context, progress, options.json === true);
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

async function buildOnly(context: Context, progress: Progress, json: boolean): Promise<number> {
  await withStackLock(context, "up", () =>
    buildServers(context, progress, checkBeforeBuild(context)),
  );
  const { cache } = context.paths;
  context.io.out(
    json
      ? `${JSON.stringify({ status: "built", cache }, null, 2)}\n`
      : `the servers are built, in ${cache}\n`,
  );
  return EXIT.ok;
}

async function bringUp(
  context: Context,
  progress: Progress,
  options: UpOptions,
  withExample: boolean,
): Promise<StackMode> {
  const mode = await chooseMode(context, progress, options.mode);
  if (mode === "embedded") {
    const toBuild = await checkBeforeStart(context, withExample);
    await buildServers(context, progress, toBuild);
    renderAll(context);
  } else {
    // Before the first container: should this end in the middle, `down` has to know of them.
    writeJson(context.paths.spec, planStack(context, mode, withExample));
    await composeUp(context, progress);
  }
  await start(context, progress, mode, withExample);
  return mode;
}

async function start(
  context: Context,
  progress: Progress,
  mode: StackMode,
  withExample: boolean,
): Promise<void> {
  const spec = planStack(context, mode, withExample);
  const title = mode === "embedded" ? "starting the servers" : "starting the example";
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
