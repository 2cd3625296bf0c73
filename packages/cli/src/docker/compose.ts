import { join } from "node:path";
import { ENV, type PortName } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Progress } from "../report/progress.ts";
import { isHealthy } from "../stack/http.ts";
import { portVariable } from "../stack/ports.ts";
import type { ServerStatusRow } from "../stack/status.ts";
import { healthUrl, TOOLS } from "../stack/tools.ts";
import { waitFor } from "../stack/wait.ts";
import { type Engine, findEngine, runTool, type ToolResult } from "./engine.ts";
import { ensureGrafanaSecrets } from "./secrets.ts";

type ReadyEngine = Extract<Engine, { status: "ready" }>;

export type DockerReadiness =
  | { readonly status: "ready" }
  | { readonly status: "not-ready"; readonly reason: string; readonly advice: string };

const PULL_TIMEOUT_MILLIS = 15 * 60_000;
const UP_TIMEOUT_MILLIS = 5 * 60_000;
const HEALTHY_TIMEOUT_MILLIS = 180_000;

/** Servers that only Docker brings, beside those of the embedded table. */
const DOCKER_ONLY: readonly { name: string; title: string; port: PortName; path: string }[] = [
  { name: "tempo", title: "Tempo (traces)", port: "tempo", path: "/ready" },
  { name: "grafana", title: "Grafana", port: "grafana", path: "/api/health" },
];

/** Whether the engine runs and every image is here, pulling what is not. Starts nothing. */
export async function getReady(context: Context, progress: Progress): Promise<DockerReadiness> {
  const engine = await findEngine(context);
  if (engine.status === "absent")
    return { status: "not-ready", reason: engine.reason, advice: engine.advice };
  const missing = await findMissingImages(context, engine);
  if (missing.length === 0) return { status: "ready" };
  const pulled = await progress
    .step(`pulling ${missing.length} images`, async () => {
      const result = await compose(context, engine, ["pull", "--quiet"], PULL_TIMEOUT_MILLIS);
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
  const listed = await compose(context, engine, ["config", "--images"], 30_000);
  if (listed.code !== 0) throw composeFailure("docker-compose.yml cannot be read", listed);
  const images = [...new Set(listed.stdout.trim().split("\n"))];
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
export async function composeUp(context: Context, progress: Progress): Promise<void> {
  const engine = await readyEngine(context);
  await progress.step("starting the containers", async () => {
    const result = await compose(
      context,
      engine,
      ["up", "-d", "--remove-orphans"],
      UP_TIMEOUT_MILLIS,
    );
    if (result.code !== 0) throw composeFailure("Docker did not start the containers", result);
  });
  await progress.step("waiting for the servers", async (note) => {
    const services = await readServices(context, engine);
    const unwell = await waitFor(
      async () => {
        const rows = await readRows(services);
        const waiting = rows.filter((row) => row.status !== "healthy").map((row) => row.name);
        note(waiting.join(", "));
        return waiting.length === 0 ? [] : undefined;
      },
      { timeoutMillis: HEALTHY_TIMEOUT_MILLIS, everyMillis: 500 },
    );
    if (unwell === undefined) throw await explainSilence(context, engine, services);
  });
}

/** Removes the containers; with their volumes only where the data is to go too. */
export async function composeDown(context: Context, withVolumes: boolean): Promise<void> {
  const engine = await readyEngine(context);
  const args = ["down", "--remove-orphans", ...(withVolumes ? ["--volumes"] : [])];
  const result = await compose(context, engine, args, UP_TIMEOUT_MILLIS);
  if (result.code !== 0) throw composeFailure("Docker did not stop the containers", result);
}

interface Service {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly url: string;
}

/** What runs in containers, asked over HTTP; empty where none of them runs. */
export async function readDockerServers(context: Context): Promise<ServerStatusRow[]> {
  const engine = await findEngine(context);
  if (engine.status === "absent") return [];
  const running = await compose(
    context,
    engine,
    ["ps", "--services", "--status", "running"],
    30_000,
  );
  if (running.code !== 0 || running.stdout.trim() === "") return [];
  return await readRows(await readServices(context, engine));
}

async function readServices(context: Context, engine: ReadyEngine): Promise<Service[]> {
  const config = await compose(context, engine, ["config", "--format", "json"], 30_000);
  if (config.code !== 0) throw composeFailure("docker-compose.yml cannot be read", config);
  const { services } = JSON.parse(config.stdout) as { services: Record<string, { image: string }> };
  const known = [
    ...TOOLS.map((tool) => ({
      name: tool.name as string,
      title: tool.title,
      url: healthUrl(tool, context.ports),
    })),
    ...DOCKER_ONLY.map(({ name, title, port, path }) => ({
      name,
      title,
      url: `http://127.0.0.1:${context.ports[port]}${path}`,
    })),
  ];
  return known.flatMap((server) => {
    const image = services[server.name]?.image;
    return image ? [{ ...server, version: image.split(":").at(-1)?.replace(/^v/, "") ?? "" }] : [];
  });
}

function readRows(services: readonly Service[]): Promise<ServerStatusRow[]> {
  return Promise.all(
    services.map(async ({ name, title, version, url }) => ({
      name,
      title,
      version,
      status: (await isHealthy(url)) ? "healthy" : "unhealthy",
      url: new URL(url).origin,
      restarts: 0,
    })),
  );
}

async function explainSilence(
  context: Context,
  engine: ReadyEngine,
  services: readonly Service[],
): Promise<Failure> {
  const rows = await readRows(services);
  const unwell = rows.filter((row) => row.status !== "healthy").map((row) => row.name);
  const logs = await compose(
    context,
    engine,
    ["logs", "--no-color", "--tail", "8", ...unwell],
    30_000,
  );
  return new Failure(
    `${unwell.join(", ")} did not answer in time; the last lines:\n${logs.stdout.replaceAll(/^/gm, "    ")}`,
    { advice: [`${context.self} down   stops the containers; the data stays`] },
  );
}

async function readyEngine(context: Context): Promise<ReadyEngine> {
  const engine = await findEngine(context);
  if (engine.status === "ready") return engine;
  throw new Failure(`Docker cannot be used: ${engine.reason}`, { advice: [engine.advice] });
}

function compose(
  context: Context,
  engine: ReadyEngine,
  args: readonly string[],
  timeoutMillis: number,
): Promise<ToolResult> {
  const { io, paths, ports, host } = context;
  const secrets = ensureGrafanaSecrets(context);
  const [command = "", ...rest] = engine.compose;
  // COMPOSE_FILE is the user's own way to add an override; it then names all files.
  const files = io.env["COMPOSE_FILE"] ? [] : ["--file", join(paths.assets, "docker-compose.yml")];
  const profiles = io.env[ENV.domain] ? ["--profile", "tls"] : [];
  return runTool(
    command,
    [...rest, ...files, "--project-directory", paths.assets, ...profiles, ...args],
    {
      cwd: paths.assets,
      env: {
        ...io.env,
        SIGHTLINE_SECRETS: secrets.directory,
        SIGHTLINE_GRAFANA_UID: String(secrets.uid),
        [ENV.host]: host,
        ...Object.fromEntries(
          (Object.keys(ports) as PortName[]).map((name) => [
            portVariable(name),
            String(ports[name]),
          ]),
        ),
      },
      timeoutMillis,
    },
  );
}

function composeFailure(message: string, result: ToolResult): Failure {
  return new Failure(`${message}: ${lastLines(result)}`);
}

function lastLines(result: ToolResult): string {
  return result.stderr.trim().split("\n").slice(-4).join("\n    ");
}
