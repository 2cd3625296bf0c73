import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../harness/stack.ts";
import type { Engine } from "./engine.ts";
import { cacheDirectory } from "./images.ts";

const recipe = join(repositoryRoot, "scripts/stack/compose");

/** One project of docker-compose.yml, with the test's file laid over it. */
export interface Compose {
  run: (...args: string[]) => string;
  /** Images of the services that take part, each once. */
  images: () => string[];
  /** Ids of all containers, those that have ended too. */
  containers: () => string[];
}

/** Where Compose is, building it from its pinned module if it is not there; a reason if it cannot. */
export function findCompose(): { path: string } | { reason: string } {
  const version = /docker\/compose\/v2 v(\S+)/.exec(
    readFileSync(join(recipe, "go.mod"), "utf8"),
  )?.[1];
  if (version === undefined) throw new Error(`no version of Compose in "${recipe}/go.mod"`);
  const folder = join(cacheDirectory(), "compose", version);
  const path = join(folder, "docker-compose");
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  const draft = `${path}.${process.pid}`;
  const ldflags = `-s -w -X github.com/docker/compose/v2/internal.Version=v${version}`;
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", ldflags, "-o", draft];
  try {
    execFileSync("go", [...args, "github.com/docker/compose/v2/cmd"], {
      cwd: recipe,
      env: { ...process.env, CGO_ENABLED: "0" },
      stdio: ["ignore", "ignore", "pipe"],
    });
  } catch (error) {
    return { reason: `Compose is not in "${folder}" and could not be built: ${String(error)}` };
  }
  renameSync(draft, path);
  return { path };
}

export function createCompose(
  path: string,
  engine: Engine,
  project: string,
  env: Readonly<Record<string, string>>,
): Compose {
  const files = ["docker-compose.yml", "test/docker/without-missing-images.yml"];
  const where = files.flatMap((file) => ["-f", join(repositoryRoot, file)]);
  const common = ["--project-name", project, "--project-directory", repositoryRoot, ...where];
  const run: Compose["run"] = (...args) =>
    engine.run(path, [...common, "--ansi", "never", "--progress", "quiet", ...args], env);
  const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
  return {
    run,
    images: () => [...new Set(lines(run("config", "--images")))],
    containers: () => lines(run("ps", "--all", "--quiet")),
  };
}
