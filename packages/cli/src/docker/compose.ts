import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Progress } from "../report/progress.ts";
import { readSpec } from "../stack/spec.ts";
import { waitFor } from "../stack/wait.ts";
import { hasVolumes, readContainers } from "./containers.ts";
import { absentEngine, findEngine, type ReadyEngine, readyEngine, runTool } from "./engine.ts";
import { compose, lastLines, toolFailure } from "./project.ts";
import { createGrafanaSecrets } from "./secrets.ts";
import { findUnwell, readConfig, readServices, type Service } from "./servers.ts";

export type DockerReadiness =
  | { readonly status: "ready" }
  | { readonly status: "not-ready"; readonly reason: string; readonly advice: string };

const PULL_TIMEOUT_MILLIS = 15 * 60_000;
const UP_TIMEOUT_MILLIS = 5 * 60_000;
const HEALTHY_TIMEOUT_MILLIS = 180_000;

/** Whether the engine runs and every image is here, pulling what is not. Starts nothing. */
export async function getReady(context: Context, progress: Progress): Promise<DockerReadiness> {
  const engine = await findEngine(context);
  if (engine.status === "absent")
    return { status: "not-ready", reason: engine.reason, advice: engine.advice };
  const missing = await findMissingImages(context, engine);
  if (missing.length === 0) return { status: "ready" };
  const pulled = await progress
    .step(`pulling ${missing.length} images`, async () => {
      const args = ["pull", "--quiet", "--ignore-buildable"];
      const result = await compose(context, engine, args, PULL_TIMEOUT_MILLIS);
      if (result.code !== 0) throw new Failure(lastLines(result));
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  if (pulled === undefined) return { status: "ready" };
  if (!(pulled instanceof Failure)) throw pulled;
  return {
    status: "not-ready",
    reason: `these images are not here and could not be pulled: ${missing.join(", ")} (${pulled.message})`,
    advice: "check that the image registry can be reached, then run the same command again",
  };
}

async function findMissingImages(context: Context, engine: ReadyEngine): Promise<string[]> {
  const services = Object.values(await readConfig(context, engine));
  // Those of our own programs are built by `compose up`, where they are not here.
  const pulled = services.filter(({ build }) => build === undefined);
  const images = [...new Set(pulled.map(({ image }) => image))];
  const found = await Promise.all(
    images.map((image) =>
      runTool("docker", ["image", "inspect", "--format", "ok", image], {
        env: context.io.env,
        timeoutMillis: 30_000,
      }),
    ),
  );
  return images.filter((_, index) => found[index]?.code !== 0);
}

/** Starts the containers and waits, by HTTP from outside, until each server answers. */
export async function composeUp(
  context: Context,
  progress: Progress,
  advice: readonly string[],
): Promise<void> {
  const engine = await readyEngine(context);
  createGrafanaSecrets(context.paths);
  await progress.step("starting the containers", async () => {
    const args = ["up", "-d", "--remove-orphans"];
    const result = await compose(context, engine, args, UP_TIMEOUT_MILLIS);
    if (result.code !== 0) {
      throw toolFailure("Docker did not start the containers", result, advice);
    }
  });
  await progress.step("waiting for the servers", async (note) => {
    const services = await readServices(context, engine);
    const isWell = await waitFor(
      async () => {
        const waiting = await findUnwell(services);
        note(waiting.join(", "));
        return waiting.length === 0 ? true : undefined;
      },
      { timeoutMillis: HEALTHY_TIMEOUT_MILLIS, everyMillis: 500 },
    );
    if (!isWell) throw await explainSilence(context, engine, services, advice);
  });
}

async function explainSilence(
  context: Context,
  engine: ReadyEngine,
  services: readonly Service[],
  advice: readonly string[],
): Promise<Failure> {
  const unwell = await findUnwell(services);
  const args = ["logs", "--no-color", "--tail", "8", ...unwell];
  const logs = await compose(context, engine, args, 30_000);
  return new Failure(
    `${unwell.join(", ")} did not answer in time; the last lines:\n${logs.stdout.replaceAll(/^/gm, "    ")}`,
    { advice },
  );
}

/** Removes the containers; with their volumes only where the data is to go too. */
export async function composeDown(context: Context, withVolumes: boolean): Promise<void> {
  const engine = await readyEngine(context);
  const args = ["down", "--remove-orphans", ...(withVolumes ? ["--volumes"] : [])];
  const result = await compose(context, engine, args, UP_TIMEOUT_MILLIS);
  if (result.code !== 0) throw toolFailure("Docker did not stop the containers", result);
}

/**
 * The same where there is something to remove; says whether there was. Fails where the stack runs in
 * containers and no engine answers. Where the spec is lost, the engine is asked what is there.
 */
export async function composeDownIfDue(context: Context, withVolumes: boolean): Promise<boolean> {
  const mode = readSpec(context.paths.spec)?.mode;
  if (mode === "embedded") return false;
  const engine = await findEngine(context);
  if (engine.status === "absent") {
    if (mode === "docker") throw absentEngine(engine);
    return false;
  }
  const isDue =
    (await readContainers(context)).length > 0 || (withVolumes && (await hasVolumes(context)));
  if (isDue) await composeDown(context, withVolumes);
  return isDue;
}
