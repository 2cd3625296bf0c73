import { PROMETHEUS_LABEL } from "@sightline/core";
import type { PackScope } from "./pack-row.ts";

const { containerName, deploymentEnvironmentName, hostName, serviceName } = PROMETHEUS_LABEL;

/** Alerts are per service and host, never per instance: its id is new with every start. Sorted. */
export const SERVICE: readonly string[] = [deploymentEnvironmentName, serviceName];
export const SERVICE_ON_HOST: readonly string[] = [
  deploymentEnvironmentName,
  hostName,
  serviceName,
];
export const CONTAINER: readonly string[] = [
  containerName,
  deploymentEnvironmentName,
  hostName,
  serviceName,
];
export const HOST: readonly string[] = [hostName];

export function inEnvironment({ environment }: PackScope): string | undefined {
  return environment === undefined
    ? undefined
    : `${deploymentEnvironmentName}=${JSON.stringify(environment)}`;
}
