import { GATEWAY_SERVICE_NAME, RESOURCE } from "@sightline/core";
import type { MetricResource } from "@sightline/wire/metrics";

export interface ResourcesOptions {
  readonly hostName: string;
  readonly environment: string;
  /** Tells gateways apart that take the same app's beacons: each counts by itself. */
  readonly instanceId: string;
}

/** The same object for the same service: a metric store finds its series by it at once. */
export function createResources(
  options: ResourcesOptions,
): (service: string | undefined) => MetricResource {
  const { hostName, environment, instanceId } = options;
  const resources = new Map<string, MetricResource>();
  return (service = GATEWAY_SERVICE_NAME) => {
    const known = resources.get(service) ?? {
      [RESOURCE.serviceName]: service,
      [RESOURCE.serviceInstanceId]: instanceId,
      [RESOURCE.deploymentEnvironmentName]: environment,
      [RESOURCE.hostName]: hostName,
    };
    resources.set(service, known);
    return known;
  };
}
