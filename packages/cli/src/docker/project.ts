import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { DATA_FOLDER, ENV, EXIT, type PortName } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { gatewayUid } from "../stack/gateway-settings.ts";
import { readProgramMode } from "../stack/node-program.ts";
import { NODE_PROGRAMS } from "../stack/node-programs.ts";
import { type Paths, readPaths, stackId } from "../stack/paths.ts";
import { portVariable } from "../stack/ports.ts";
import { alertmanagerSecrets } from "../stack/secret-place.ts";
import { readUserSecret } from "../stack/user-secret.ts";
import { type ReadyEngine, runTool, type ToolResult } from "./engine.ts";
import { grafanaSecretsOf } from "./secrets.ts";

const DEFAULT_PROJECT = "sightline";
/** As docker-compose.yml has them. */
const TLS_PROFILE = "tls";
const CANARY_PROFILE = "canary";

/**
 * Compose's name for the containers, volumes and network of one stack: "sightline" with the default
 * data directory, else one of its own, so that no command reaches the things of another stack.
 */
export function projectName(paths: Paths, env: NodeJS.ProcessEnv): string {
  const id = stackId(paths);
  return id === defaultStackId(env) ? DEFAULT_PROJECT : `${DEFAULT_PROJECT}-${id.slice(0, 8)}`;
}

function defaultStackId(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return stackId(readPaths({ ...env, [ENV.data]: "" }));
  } catch (error) {
    // No home directory: then there is no default either.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** The user's own file to lay over docker-compose.yml, as an absolute path. */
function readOverride(env: NodeJS.ProcessEnv): string | undefined {
  const given = env[ENV.composeOverride];
  if (!given) return undefined;
  const path = resolve(given);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  throw new Failure(`${ENV.composeOverride} is "${given}", and there is no file "${path}"`, {
    exitCode: EXIT.usage,
    advice: [
      `set ${ENV.composeOverride} to a Compose file that is laid over ours, or unset it, and run the same command again`,
    ],
  });
}

/**
 * What Compose gets to see. Its own variables stay outside: a COMPOSE_FILE or COMPOSE_PROJECT_NAME
 * that a shell has for another project would decide what is started here, and what is removed.
 */
export function composeEnvironment(context: Context): NodeJS.ProcessEnv {
  const { io, paths, ports, host } = context;
  const secrets = grafanaSecretsOf(paths);
  const userSecret = readUserSecret(context);
  const kept = Object.entries(io.env).filter(([key]) => !key.startsWith("COMPOSE_"));
  return {
    ...Object.fromEntries(kept),
    SIGHTLINE_SECRETS: secrets.directory,
    SIGHTLINE_GRAFANA_UID: String(secrets.uid),
    [ENV.provisioning]: paths.provisioning,
    SIGHTLINE_CONFIG: paths.containerConfig,
    SIGHTLINE_CONTACT_SECRETS: alertmanagerSecrets(paths),
    SIGHTLINE_MAPS: join(paths.data, DATA_FOLDER.maps),
    SIGHTLINE_GATEWAY_UID: String(gatewayUid()),
    ...(userSecret && { [ENV.userSecret]: userSecret }),
    [ENV.host]: host,
    ...Object.fromEntries(
      (Object.keys(ports) as PortName[]).map((name) => [portVariable(name), String(ports[name])]),
    ),
  };
}

/** Which files and which project every call is about. */
export function composeArguments(context: Context, args: readonly string[]): string[] {
  const { io, paths } = context;
  const override = readOverride(io.env);
  // Without the profiles `down` would leave running what was started with them.
  const isDown = args[0] === "down";
  const profiles = [
    ...(isDown || io.env[ENV.domain] ? [TLS_PROFILE] : []),
    ...NODE_PROGRAMS.filter(
      (program) => isDown || readProgramMode(context, program, "docker") === "container",
    ).map(({ name }) => name),
    ...(isDown ? [CANARY_PROFILE] : []),
  ];
  return [
    ...["--project-name", projectName(paths, io.env)],
    ...["--project-directory", paths.assets],
    ...["--file", join(paths.assets, "docker-compose.yml")],
    ...(override ? ["--file", override] : []),
    // A .env beside docker-compose.yml is for those who call Compose by hand.
    ...["--env-file", "/dev/null"],
    ...profiles.flatMap((profile) => ["--profile", profile]),
    ...args,
  ];
}

export function compose(
  context: Context,
  engine: ReadyEngine,
  args: readonly string[],
  timeoutMillis: number,
): Promise<ToolResult> {
  const [command = "", ...rest] = engine.compose;
  return runTool(command, [...rest, ...composeArguments(context, args)], {
    cwd: context.paths.assets,
    env: composeEnvironment(context),
    timeoutMillis,
  });
}

/** The last words of a failed call behind what it was for. */
export function toolFailure(
  message: string,
  result: ToolResult,
  advice: readonly string[] = [],
): Failure {
  return new Failure(`${message}: ${lastLines(result)}`, { advice });
}

export function lastLines(result: ToolResult): string {
  return result.stderr.trim().split("\n").slice(-4).join("\n    ");
}
