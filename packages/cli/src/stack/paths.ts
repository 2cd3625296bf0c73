import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ENV } from "@sightline/core";

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
  readonly stores: string;
  /** Servers that were built, shared by all stacks of this user: `<cache>/<tool>/<version>/`. */
  readonly cache: string;
  /** Dashboards and build recipes: a clone's root, or `assets/` of the npm package. */
  readonly assets: string;
  /** The servers' configuration: `SIGHTLINE_PROVISIONING`, default the one among the assets. */
  readonly provisioning: string;
}

export function readPaths(env: NodeJS.ProcessEnv): Paths {
  const data = resolve(env[ENV.data] || join(homedir(), ".local/share/sightline"));
  const stack = join(data, "stack");
  const assets = findAssets();
  return {
    data,
    stack,
    state: join(stack, "state.json"),
    spec: join(stack, "spec.json"),
    logs: join(stack, "logs"),
    config: join(stack, "config"),
    stores: join(stack, "stores"),
    cache: join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sightline"),
    assets,
    provisioning: resolve(env[ENV.provisioning] || join(assets, "provisioning")),
  };
}

function findAssets(): string {
  const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
  const packed = join(packageRoot, "assets");
  return existsSync(packed) ? packed : resolve(packageRoot, "../..");
}

/** A short, stable name for a data directory; names the locks that belong to it. */
export function stackId(paths: Paths): string {
  return createHash("sha256").update(paths.data).digest("hex").slice(0, 16);
}
