import {
  CRASH_FIELD,
  type Kind,
  LOKI_LABEL,
  LOKI_METADATA,
  PROMETHEUS_LABEL,
} from "@sightline/core";
import { UNPLANNED } from "./record-lines.ts";

/** Names of the dashboard's variables. */
export const CONTAINER_VARIABLE = {
  host: "host",
  service: "service",
  container: "container",
  crash: "crash",
} as const;

const { hostName, deploymentEnvironmentName, serviceName, containerName } = PROMETHEUS_LABEL;
const { host, service, container, crash } = CONTAINER_VARIABLE;

const hosts = `${hostName}=~"$${host}"`;
const services = `${hosts}, ${serviceName}=~"$${service}"`;
const containers = `${services}, ${containerName}=~"$${container}"`;

/** What tells containers apart: a name is used once on a host. */
export const CONTAINER: readonly string[] = [
  serviceName,
  containerName,
  hostName,
  deploymentEnvironmentName,
];
export const SERVICE_ON_HOST: readonly string[] = [
  serviceName,
  hostName,
  deploymentEnvironmentName,
];
export const CONTAINER_LEGEND: string = `{{${containerName}}} · {{${hostName}}}`;
export const SERVICE_LEGEND: string = `{{${serviceName}}} · {{${hostName}}}`;

export function ofContainers(metric: string, matcher?: string): string {
  return selectorOf(metric, containers, matcher);
}

/** What is counted by service, of the chosen services. */
export function ofServices(metric: string, matcher?: string): string {
  return selectorOf(metric, services, matcher);
}

/** What the agent of each chosen host says of itself. */
export function ofHosts(metric: string): string {
  return selectorOf(metric, hosts);
}

function selectorOf(metric: string, chosen: string, matcher?: string): string {
  return `${metric}{${chosen}${matcher === undefined ? "" : `, ${matcher}`}}`;
}

/** Four exports of the agent: Prometheus would show for five minutes more what is gone. */
const FRESH = "1m";

export function latest(series: string): string {
  return `last_over_time(${series}[${FRESH}])`;
}

function recordsOf(kind: Kind): string {
  const selector = [
    `${LOKI_LABEL.kind}="${kind}"`,
    `${LOKI_LABEL.hostName}=~"$${host}"`,
    `${LOKI_LABEL.serviceName}=~"$${service}"`,
  ].join(", ");
  return `{${selector}} | ${LOKI_METADATA.containerName}=~"$${container}"`;
}

/**
 * Deaths of containers that nobody planned. A Node process may tell of its own death, too; the
 * agent's record is the one with the proof.
 */
export const CRASHES: string = `${recordsOf("crash")} | ${CRASH_FIELD.source}="agent" | ${UNPLANNED}`;

/** Those whose id begins with the text of the variable; an empty one finds all. */
export const CHOSEN_CRASHES: string = `${CRASHES} | ${CRASH_FIELD.crashId}=~\`\\Q\${${crash}:raw}\\E.*\``;

export const DEPLOYS: string = recordsOf("deploy");
