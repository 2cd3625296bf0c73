import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { PORT, type PortName } from "@sightline/core";
import { Failure } from "../failure.ts";
import { makeDirectory } from "./directory.ts";
import type { Paths } from "./paths.ts";
import type { Ports } from "./ports.ts";
import { alertmanagerSecrets, CONTAINER_SECRETS } from "./secret-place.ts";
import type { StackMode } from "./spec.ts";
import { TOOLS, type Tool } from "./tools.ts";

/** Host names of the services in docker-compose.yml. */
const DOCKER_NAMES: ReadonlySet<string> = new Set([
  ...TOOLS.map((tool) => tool.name),
  ...["grafana", "tempo", "gateway", "agent"],
]);

/**
 * Copies a server's provisioning to the data directory, and lays what was applied over it. What a
 * server can take from the environment stays as it is; only Prometheus' target files, which know no
 * variables, get this machine's ports, and Alertmanager's file the place of its secrets.
 * A running Prometheus watches these folders and reads a file as soon as it changes: so nothing is
 * touched that stays the same, and what changes does so at once. Gives the files that changed, by
 * their path below the server's folder.
 */
export function renderConfig(paths: Paths, tool: Tool, ports: Ports): readonly string[] {
  return copyConfig(paths, tool, join(paths.config, tool.name), (source) =>
    renderedText(paths, source, "embedded", ports),
  );
}

/** The text that a server gets of a file. In a container everything is where the file says. */
export function renderedText(paths: Paths, source: string, mode: StackMode, ports: Ports): string {
  const text = readFileSync(source, "utf8");
  if (mode === "docker") return text;
  if (isTargetFile(source)) return renderTargets(source, text, ports);
  if (basename(source) !== "alertmanager.yml") return text;
  return text.replaceAll(SECRET_PATH, (_, name) =>
    JSON.stringify(join(alertmanagerSecrets(paths), name)),
  );
}

/**
 * The same for a server in a container. Its user is another one, so everybody may read it; who has no
 * business there is kept out by the data directory above, which is its owner's alone.
 */
export function renderContainerConfig(paths: Paths, tool: Tool): readonly string[] {
  const folder = join(paths.containerConfig, tool.name);
  const changed = copyConfig(paths, tool, folder, (source) => readFileSync(source, "utf8"));
  for (const path of [paths.containerConfig, folder, ...listAll(folder)]) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found) chmodSync(path, found.isDirectory() ? 0o755 : 0o644);
  }
  return changed;
}

/** A path of a secret as a whole scalar of YAML, plain or quoted: what stands for it needs quotes. */
const SECRET_PATH: RegExp = new RegExp(`(?:["']?)${CONTAINER_SECRETS}/([\\w.%-]+)(?:["']?)`, "g");

/** What a server's folder is made of: each file by its path below it, and where its text comes from. */
export function configSources(paths: Paths, tool: Tool): ReadonlyMap<string, string> {
  const folders = [join(paths.provisioning, tool.name), join(paths.applied, tool.name)];
  return new Map(
    folders.flatMap((folder) =>
      listFiles(folder).map((file) => [relative(folder, file), file] as const),
    ),
  );
}

function copyConfig(
  paths: Paths,
  tool: Tool,
  target: string,
  textOf: (source: string) => string,
): readonly string[] {
  const sources = configSources(paths, tool);
  const changed: string[] = [];
  makeDirectory(target);
  for (const [path, source] of sources) {
    if (writeIfChanged(join(target, path), textOf(source), paths.stack)) changed.push(path);
  }
  for (const file of listFiles(target)) {
    const path = relative(target, file);
    if (sources.has(path)) continue;
    rmSync(file);
    changed.push(path);
  }
  return changed;
}

function isTargetFile(path: string): boolean {
  return basename(dirname(path)) === "targets" && path.endsWith(".json");
}

function renderTargets(path: string, text: string, ports: Ports): string {
  try {
    return localTargets(text, ports);
  } catch (error) {
    throw new Failure(
      `"${path}" cannot be read as a file of targets: ${(error as Error).message}; expected [{"targets": ["host:port"]}]`,
      { advice: ["correct the file, then run the same command again"] },
    );
  }
}

/**
 * Whole or not at all. The draft lies outside the folder: Loki takes every file among its rules for
 * one of them, also one that is about to be renamed.
 */
export function writeIfChanged(
  path: string,
  text: string,
  draftFolder: string,
  mode: number = 0o600,
): boolean {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return false;
  makeDirectory(dirname(path));
  const draft = join(draftFolder, `${basename(path)}.${process.pid}.tmp`);
  writeFileSync(draft, text, { mode: 0o600 });
  // Before it has its name: a reader must never find one that it may not read.
  if (mode !== 0o600) chmodSync(draft, mode);
  renameSync(draft, path);
  return true;
}

interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Docker's `loki:3100` becomes `127.0.0.1:<the port that Loki has here>`. A server that the embedded
 * stack has not (Grafana, Tempo) goes, else it would be down for ever. Foreign targets stay.
 */
export function localTargets(text: string, ports: Ports): string {
  const groups = (JSON.parse(text) as TargetGroup[]).map((group) => ({
    ...group,
    targets: group.targets.flatMap((target) => localTarget(target, ports)),
  }));
  return `${JSON.stringify(
    groups.filter((group) => group.targets.length > 0),
    null,
    2,
  )}\n`;
}

function localTarget(target: string, ports: Ports): string[] {
  const [, host = "", port = ""] = /^([a-z_-]+):(\d+)$/.exec(target) ?? [];
  const name = (Object.keys(PORT) as PortName[]).find((key) => PORT[key] === Number(port));
  if (!name || !DOCKER_NAMES.has(host)) return [target];
  const isHere = TOOLS.some((tool) => tool.ports.includes(name));
  return isHere ? [`127.0.0.1:${ports[name]}`] : [];
}

/**
 * A digest of every configuration file for which a server has to start again. What it reads anew
 * while it runs is not in it: a changed alert must not cost the state of all the others.
 */
export function digestConfig(paths: Paths, tool: Tool): string {
  const hash = createHash("sha256");
  const folder = join(paths.config, tool.name);
  for (const file of listFiles(folder)) {
    if (tool.reloadable?.test(relative(folder, file))) continue;
    hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

/** Files below a folder, sorted; also by links. None where there is no folder. */
export function listFiles(directory: string): string[] {
  return listAll(directory).filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

function listAll(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
