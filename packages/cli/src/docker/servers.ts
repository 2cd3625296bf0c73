import type { PortName } from "@sightline/core";
import type { Context } from "../context.ts";
import { isHealthy } from "../stack/http.ts";
import { programHealthUrl } from "../stack/node-program.ts";
import { NODE_PROGRAMS } from "../stack/node-programs.ts";
import type { ServerStatusRow } from "../stack/status.ts";
import { healthUrl, TOOLS } from "../stack/tools.ts";
import { type Container, isActive, readContainers, readMemory } from "./containers.ts";
import { type ReadyEngine, readyEngine } from "./engine.ts";
import { compose, toolFailure } from "./project.ts";

/** Servers that only Docker brings, beside those of the embedded table. */
const DOCKER_ONLY: readonly { name: string; title: string; port: PortName; path: string }[] = [
  { name: "tempo", title: "Tempo (traces)", port: "tempo", path: "/ready" },
  { name: "grafana", title: "Grafana", port: "grafana", path: "/api/health" },
];

/** The parts that we read of one service in `docker compose config`. */
export interface ServiceConfig {
  readonly image: string;
  readonly build?: unknown;
  readonly ports?: readonly { readonly published?: string }[];
  readonly volumes?: readonly { readonly type: string; readonly source?: string }[];
}

/** The services that take part, all files and profiles put together. */
export async function readConfig(
  context: Context,
  engine: ReadyEngine,
  profiles: readonly string[] = [],
): Promise<Readonly<Record<string, ServiceConfig>>> {
  const args = [...profiles.flatMap((name) => ["--profile", name]), "config", "--format", "json"];
  const config = await compose(context, engine, args, 30_000);
  if (config.code !== 0) throw toolFailure("docker-compose.yml cannot be read", config);
  return (JSON.parse(config.stdout) as { services: Record<string, ServiceConfig> }).services;
}

/** A server of the stack that runs in a container. */
export interface Service {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly url: string;
}

export async function readServices(
  context: Context,
  engine: ReadyEngine,
  profiles: readonly string[] = [],
): Promise<Service[]> {
  const services = await readConfig(context, engine, profiles);
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
    ...NODE_PROGRAMS.map((program) => ({
      name: program.name,
      title: program.title,
      url: programHealthUrl(context, program),
    })),
  ];
  return known.flatMap((server) => {
    const image = services[server.name]?.image;
    return image ? [{ ...server, version: image.split(":").at(-1)?.replace(/^v/, "") ?? "" }] : [];
  });
}

/** Names of those that do not answer their health check over HTTP, asked from outside. */
export async function findUnwell(services: readonly Service[]): Promise<string[]> {
  const answers = await Promise.all(services.map(({ url }) => isHealthy(url)));
  return services.filter((_, index) => !answers[index]).map(({ name }) => name);
}

/**
 * What runs in containers; empty where none of them runs. Fails where no engine answers: nobody
 * knows then what runs.
 */
export async function readDockerServers(context: Context): Promise<ServerStatusRow[]> {
  const engine = await readyEngine(context);
  const containers = await readContainers(context);
  if (!containers.some(isActive)) return [];
  // Started by hand, or by an `up` whose shell said so: it is there, so it is shown.
  const started = NODE_PROGRAMS.map(({ name }) => name as string).filter((name) =>
    containers.some(({ service }) => service === name),
  );
  const services = await readServices(context, engine, started);
  const [unwell, memory] = await Promise.all([
    findUnwell(services),
    readMemory(context, containers),
  ]);
  const nowUnixMillis = Date.now();
  return services.map((service) => {
    const container = containers.find((each) => each.service === service.name);
    const facts = { isWell: !unwell.includes(service.name), memory, nowUnixMillis };
    return createRow(service, container, facts);
  });
}

/** One row of `status`; what Docker does not know stays out of it. */
export function createRow(
  { name, title, version, url }: Service,
  container: Container | undefined,
  facts: {
    readonly isWell: boolean;
    readonly memory: ReadonlyMap<string, number>;
    readonly nowUnixMillis: number;
  },
): ServerStatusRow {
  const residentBytes = facts.memory.get(container?.id ?? "");
  const started = container?.startedUnixMillis;
  return {
    name,
    title,
    version,
    status: statusOf(container, facts.isWell),
    url: new URL(url).origin,
    restarts: container?.restarts ?? 0,
    ...(residentBytes !== undefined && { residentBytes }),
    ...(started !== undefined && {
      uptimeSeconds: Math.max(0, (facts.nowUnixMillis - started) / 1_000),
    }),
  };
}

/** An answer on the port of a container that does not run is somebody else's. */
function statusOf(container: Container | undefined, isWell: boolean): string {
  if (!container) return "missing";
  if (container.state !== "running") return container.state;
  return isWell ? "healthy" : "unhealthy";
}
