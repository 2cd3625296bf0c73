import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { SDK_VERSION } from "../version.ts";
import type { HostFacts } from "./node-config.ts";

/** Files that Docker and Podman put into every container. */
const CONTAINER_MARKS = ["/.dockerenv", "/run/.containerenv"];

/** Reads what the defaults need. Never throws: what cannot be read is undefined. */
export function readHostFacts(): HostFacts {
  const manifest = readNearestManifest(process.argv[1]);
  return {
    packageName: manifest.name,
    packageVersion: manifest.version,
    hostname: hostname(),
    isContainer:
      CONTAINER_MARKS.some((path) => existsSync(path)) ||
      process.env["KUBERNETES_SERVICE_HOST"] !== undefined,
    homeDirectory: readHomeDirectory(),
    instanceId: randomUUID(),
    distroVersion: SDK_VERSION,
  };
}

type Manifest = { readonly name: string | undefined; readonly version: string | undefined };

function readNearestManifest(script: string | undefined): Manifest {
  let folder = script === undefined ? process.cwd() : dirname(resolve(script));
  for (;;) {
    const manifest = readManifest(join(folder, "package.json"));
    if (manifest?.name !== undefined) return manifest;
    const parent = dirname(folder);
    if (parent === folder) return { name: undefined, version: undefined };
    folder = parent;
  }
}

function readManifest(path: string): Manifest | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    return {
      name: typeof name === "string" ? name : undefined,
      version: typeof version === "string" ? version : undefined,
    };
  } catch {
    return undefined;
  }
}

function readHomeDirectory(): string {
  try {
    return homedir();
  } catch {
    // A user id without an account, as `docker run --user 12345` makes it.
    return "/tmp";
  }
}
