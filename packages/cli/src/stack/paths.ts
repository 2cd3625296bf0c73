import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DATA_FOLDER, ENV, EXIT } from "@sightline/core";
import { Failure } from "../failure.ts";

/** Where everything of one stack lives. Two stacks with different `data` never touch each other. */
export interface Paths {
  /** `SIGHTLINE_DATA`, default `~/.local/share/sightline`. */
  readonly data: string;
  /** What the embedded stack owns below `data`: state, logs, rendered configuration, stores. */
  readonly stack: string;
  readonly state: string;
  readonly spec: string;
  readonly logs: string;
  readonly config: string;
  /** The same for the servers in containers, which mount its folders; readable for their users. */
  readonly containerConfig: string;
  /** What `apply` wrote, in the layout of `provisioning`; laid over it wherever that is rendered. */
  readonly applied: string;
  readonly stores: string;
  /** Servers that were built, shared by all stacks of this user: `<cache>/<tool>/<version>/`. */
  readonly cache: string;
  /** Dashboards and build recipes: a clone's root, or `assets/` of the npm package. */
  readonly assets: string;
  /** The servers' configuration: `SIGHTLINE_PROVISIONING`, default the one among the assets. */
  readonly provisioning: string;
}

export function readPaths(env: NodeJS.ProcessEnv): Paths {
  const data = resolve(env[ENV.data] || join(homeOf(env), ".local/share/sightline"));
  const stack = join(data, DATA_FOLDER.stack);
  const assets = findAssets();
  return {
    data,
    stack,
    state: join(stack, "state.json"),
    spec: join(stack, "spec.json"),
    logs: join(stack, "logs"),
    config: join(stack, "config"),
    containerConfig: join(stack, "containers"),
    applied: join(data, DATA_FOLDER.applied),
    stores: join(stack, "stores"),
    cache: join(cacheHomeOf(env), "sightline"),
    assets,
    provisioning: resolve(env[ENV.provisioning] || join(assets, "provisioning")),
  };
}

/** Where Node keeps what V8 compiled of our modules; undefined where there is no home for it. */
export function compileCacheFolder(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return join(cacheHomeOf(env), "sightline", "compiled");
  } catch {
    return undefined;
  }
}

/** A relative one is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/ */
function cacheHomeOf(env: NodeJS.ProcessEnv): string {
  const cacheHome = env["XDG_CACHE_HOME"];
  return cacheHome && isAbsolute(cacheHome) ? cacheHome : join(homeOf(env), ".cache");
}

/** Of the environment, else of the user database; a container's user may be in neither. */
function homeOf(env: NodeJS.ProcessEnv): string {
  if (env["HOME"] && isAbsolute(env["HOME"])) return env["HOME"];
  const home = homeOfUser();
  if (isAbsolute(home)) return home;
  throw new Failure("this user has no home directory, so there is no place for the data", {
    exitCode: EXIT.usage,
    advice: ["set HOME, or set both SIGHTLINE_DATA and XDG_CACHE_HOME, to absolute paths"],
  });
}

function homeOfUser(): string {
  try {
    return userInfo().homedir;
  } catch {
    return "";
  }
}

function findAssets(): string {
  const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
  const packed = join(packageRoot, "assets");
  return existsSync(packed) ? packed : resolve(packageRoot, "../..");
}

/**
 * A short, stable name for a data directory; names the locks that belong to it. Two ways to the same
 * directory (a symbolic link) give the same name, also before it is there.
 */
export function stackId(paths: Paths): string {
  return createHash("sha256").update(realPathOf(paths.data)).digest("hex").slice(0, 16);
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realPathOf(dirname(path)), basename(path));
  }
}
