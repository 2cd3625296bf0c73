import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "./stack.ts";

const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sightline");

/** A program that the embedded stack has built, in the version that docker-compose.yml names. */
export function builtTool(tool: string, image: string, program: string): string {
  const compose = readFileSync(join(repositoryRoot, "docker-compose.yml"), "utf8");
  const tag = new RegExp(`image: ${image}:v?(\\S+)`).exec(compose)?.[1];
  if (tag === undefined) throw new Error(`no image "${image}" in docker-compose.yml`);
  const path = join(cache, tool, tag, program);
  if (!existsSync(path)) throw new Error(`${path} is not built yet: run "sightline up" once`);
  return path;
}
