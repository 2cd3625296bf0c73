import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PORT, type PortName } from "@sightline/core";
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
 */
export function renderConfig(paths: Paths, tool: Tool, ports: Ports): void {
  const source = join(paths.assets, "provisioning", tool.name);
  const target = join(paths.config, tool.name);
  rmSync(target, { recursive: true, force: true });
  cpSync(source, target, { recursive: true });
  for (const file of listFiles(target)) {
    if (!/[\\/]targets[\\/][^\\/]+\.json$/.test(file)) continue;
    writeFileSync(file, localTargets(readFileSync(file, "utf8"), ports));
  }
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
  return `${JSON.stringify(groups.filter((group) => group.targets.length > 0), null, 2)}\n`;
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
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
