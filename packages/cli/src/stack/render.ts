import { createHash } from "node:crypto";
import {
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
import { TOOLS, type Tool } from "./tools.ts";

/** Host names of the services in docker-compose.yml. */
const DOCKER_NAMES: ReadonlySet<string> = new Set([
  ...TOOLS.map((tool) => tool.name),
  ...["grafana", "tempo", "gateway", "agent"],
]);

/**
 * Copies a server's provisioning to the data directory. What a server can take from the environment
 * stays as it is; only Prometheus' target files, which know no variables, get this machine's ports.
 * A running Prometheus watches these folders and reads a file as soon as it changes: so nothing is
 * touched that stays the same, and what changes does so at once.
 */
export function renderConfig(paths: Paths, tool: Tool, ports: Ports): void {
  const source = join(paths.provisioning, tool.name);
  const target = join(paths.config, tool.name);
  const wanted = new Set<string>();
  for (const file of listFiles(source)) {
    const destination = join(target, relative(source, file));
    wanted.add(destination);
    const text = readFileSync(file, "utf8");
    writeIfChanged(destination, isTargetFile(file) ? renderTargets(file, text, ports) : text);
  }
  for (const file of listFiles(target)) if (!wanted.has(file)) rmSync(file);
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

function writeIfChanged(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  makeDirectory(dirname(path));
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
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

/** A digest of every configuration file that a server reads. */
export function digestConfig(paths: Paths, tool: Tool): string {
  const hash = createHash("sha256");
  for (const file of listFiles(join(paths.config, tool.name))) {
    hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

function listFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .sort();
}
