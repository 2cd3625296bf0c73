import { hostname } from "node:os";
import type { AgentConfig } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import type { DockerClient } from "./docker/docker-client.ts";
import type { HostFacts } from "./docker/identity-of.ts";
import { pause } from "./pause.ts";

/** Inside a container the system's own name is the container's id: Docker's answer is waited for. */
const PATIENCE_MILLIS = 10_000;
const ASK_EVERY_MILLIS = 500;

/** The host's name: as configured, else as Docker says it, else the system's own. */
export async function readHostFacts(
  config: AgentConfig,
  client: DockerClient | undefined,
  clock: Clock,
): Promise<HostFacts> {
  const hostName = config.hostName ?? (await askDocker(client, clock)) ?? hostname();
  return { hostName, environment: config.environment };
}

async function askDocker(
  client: DockerClient | undefined,
  clock: Clock,
): Promise<string | undefined> {
  const deadline = clock.now() + PATIENCE_MILLIS;
  while (client !== undefined && clock.now() < deadline) {
    const info = await client.info();
    if (info.status === "ok") return info.value.Name;
    if (info.status === "failed" && info.isAway) return undefined;
    await pause(ASK_EVERY_MILLIS, clock);
  }
  return undefined;
}
