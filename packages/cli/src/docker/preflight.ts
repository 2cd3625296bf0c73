import { existsSync } from "node:fs";
import { join } from "node:path";
import { DATA_FOLDER, type PortName } from "@sightline/core";
import type { Context } from "../context.ts";
import type { Ports } from "../stack/ports.ts";
import { findPortProblems, processPorts, RENDERED_TOOLS, refuseStart } from "../stack/prepare.ts";
import { alertmanagerSecrets } from "../stack/secret-place.ts";
import { isActive, readContainers } from "./containers.ts";
import { readyEngine } from "./engine.ts";
import { readConfig, type ServiceConfig } from "./servers.ts";

export interface DockerPreflight {
  /** No container of this stack runs yet, so all that will run is of this command. */
  readonly isFresh: boolean;
}

/** What could stand in the way, before the first container; fails with all of it at once. */
export async function checkBeforeCompose(
  context: Context,
  withExample: boolean,
): Promise<DockerPreflight> {
  const engine = await readyEngine(context);
  const isFresh = !(await readContainers(context)).some(isActive);
  const services = await readConfig(context, engine);
  const wanted = [
    ...publishedPorts(services, context.ports),
    ...processPorts(context, "docker", withExample),
  ];
  const problems = [
    ...findMissingSources(context),
    ...findMissingMounts(context, services),
    // Where containers run, the ports are theirs.
    ...(isFresh ? await findPortProblems(context, wanted) : []),
  ];
  refuseStart(context, problems);
  return { isFresh };
}

/** What `up` itself renders from, for servers that it also tells about changes. */
function findMissingSources({ paths }: Context): string[] {
  return RENDERED_TOOLS.map((tool) => join(paths.provisioning, tool.name))
    .filter((source) => !existsSync(source))
    .map(missing);
}

/** Docker would make an empty folder of root there, and the server in it would find no file. */
function findMissingMounts(
  { paths }: Context,
  services: Readonly<Record<string, ServiceConfig>>,
): string[] {
  const sources = Object.values(services).flatMap(({ volumes = [] }) =>
    volumes.flatMap(({ type, source }) => (type === "bind" && source ? [source] : [])),
  );
  // These are made by `up`, right before the containers.
  const maps = join(paths.data, DATA_FOLDER.maps);
  const ours = [paths.containerConfig, alertmanagerSecrets(paths), maps];
  return [...new Set(sources)]
    .filter(
      (source) => !ours.some((folder) => source === folder || source.startsWith(`${folder}/`)),
    )
    .filter((source) => !existsSync(source))
    .map(missing);
}

function missing(source: string): string {
  return `cannot find "${source}", which a container is to read; expected a folder per server; set SIGHTLINE_PROVISIONING to a folder that has them, or unset it`;
}

/**
 * Ports of ours that the services publish. Others (Caddy's 80 and 443, those of an override) are
 * left to Docker: it may open what this user may not.
 */
export function publishedPorts(
  services: Readonly<Record<string, ServiceConfig>>,
  ports: Ports,
): PortName[] {
  const published = new Set(
    Object.values(services).flatMap((service) =>
      (service.ports ?? []).map((port) => Number(port.published)),
    ),
  );
  return (Object.keys(ports) as PortName[]).filter((name) => published.has(ports[name]));
}
