import { RESOURCE } from "@sightline/core";
import type { MetricResource } from "@sightline/wire/metrics";
import type { HostFacts } from "../docker/identity-of.ts";

/** Resource of what is known of a service as a whole, not of one container. */
export function serviceResource(service: string, host: HostFacts): MetricResource {
  return {
    [RESOURCE.serviceName]: service,
    [RESOURCE.deploymentEnvironmentName]: host.environment,
    [RESOURCE.hostName]: host.hostName,
  };
}

export interface ServiceResources {
  /** The same object for the same service: a metric store finds its series by it at once. */
  of(service: string): MetricResource;
  forget(service: string): void;
}

export function createServiceResources(host: HostFacts): ServiceResources {
  const resources = new Map<string, MetricResource>();
  return {
    of(service) {
      const known = resources.get(service) ?? serviceResource(service, host);
      resources.set(service, known);
      return known;
    },
    forget: (service) => resources.delete(service),
  };
}
