import { ENV, RESOURCE } from "@sightline/core";
import type { HostFacts } from "./node-config.ts";
import type { EnvironmentSettings } from "./read-environment.ts";
import type { StartOptions } from "./start-options.ts";

export type ResourceInput = {
  readonly options: StartOptions;
  readonly environment: EnvironmentSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly facts: HostFacts;
};

export type BuiltResource = {
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
};

/** Who speaks: defaults, then `OTEL_RESOURCE_ATTRIBUTES`, then the named variables, then code. */
export function buildResourceAttributes(input: ResourceInput): BuiltResource {
  const { options, environment, env, facts } = input;
  const layers: Readonly<Record<string, string | undefined>>[] = [
    {
      [RESOURCE.serviceName]: facts.packageName ?? "unknown_service:node",
      [RESOURCE.serviceVersion]: facts.packageVersion,
      [RESOURCE.serviceInstanceId]: facts.instanceId,
    },
    environment.options.resourceAttributes ?? {},
    { [RESOURCE.serviceName]: environment.options.serviceName },
    { [RESOURCE.hostName]: hostName(env, facts) },
    options.resourceAttributes ?? {},
    {
      [RESOURCE.serviceName]: options.serviceName,
      [RESOURCE.serviceVersion]: options.serviceVersion,
      [RESOURCE.deploymentEnvironmentName]: options.environment,
      [RESOURCE.telemetryDistroName]: "sightline",
      [RESOURCE.telemetryDistroVersion]: facts.distroVersion,
    },
  ];
  const resourceAttributes: Record<string, string> = {};
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (value !== undefined) resourceAttributes[name] = value;
    }
  }
  return { serviceName: resourceAttributes[RESOURCE.serviceName] ?? "", resourceAttributes };
}

/**
 * A container's hostname is a random id that would make a new stream at every deploy, so inside one
 * only `SIGHTLINE_HOST` names the host and the collector fills in the rest.
 */
function hostName(env: ResourceInput["env"], facts: HostFacts): string | undefined {
  return env[ENV.host]?.trim() || (facts.isContainer ? undefined : facts.hostname);
}
