import { PROMETHEUS_LABEL } from "@sightline/core";
import { escapeRegex, labelMatcher } from "../alerts/label-names.ts";
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

/** Matchers that narrow what a row looks at; undefined where it looks at everything. */
export function scoped({ environment, exceptServices }: PackScope): string | undefined {
  const matchers = [
    ...(environment === undefined ? [] : [labelMatcher(deploymentEnvironmentName, [environment])]),
    ...(exceptServices.length === 0
      ? []
      : [`${serviceName}!~${JSON.stringify(exceptServices.map(escapeRegex).join("|"))}`]),
  ];
  return matchers.length === 0 ? undefined : matchers.join(", ");
}
