import { type Kind, LOKI_LABEL, LOKI_METADATA, PROMETHEUS_LABEL } from "@sightline/core";
import { UNPLANNED } from "./record-lines.ts";

/** Names of the dashboard's variables. */
export const VARIABLE = {
  environment: "environment",
  service: "service",
  instance: "instance",
  search: "search",
} as const;

const service = [
  `${PROMETHEUS_LABEL.deploymentEnvironmentName}="$${VARIABLE.environment}"`,
  `${PROMETHEUS_LABEL.serviceName}="$${VARIABLE.service}"`,
].join(", ");
const processes = `${service}, ${PROMETHEUS_LABEL.serviceInstanceId}=~"$${VARIABLE.instance}"`;

/** All series of the chosen service, whichever process they come from. */
export function ofService(metric: string): string {
  return `${metric}{${service}}`;
}

/** Only the chosen processes of the service; `matcher` narrows further. */
export function ofProcesses(metric: string, matcher?: string): string {
  return `${metric}{${processes}${matcher === undefined ? "" : `, ${matcher}`}}`;
}

export function perMinute(series: string, by: readonly string[] = []): string {
  return `60 * ${sumOf(rateOf(series), by)}`;
}

export function rateOf(series: string, window = "$__rate_interval"): string {
  return `rate(${series}[${window}])`;
}

export function sumOf(vector: string, by: readonly string[] = []): string {
  return by.length === 0 ? `sum(${vector})` : `sum by (${by.join(", ")}) (${vector})`;
}

/** Where nothing was measured the quantile is NaN, which the comparison leaves out. */
export function quantile(
  q: number,
  buckets: string,
  { by = [], window }: { readonly by?: readonly string[]; readonly window?: string } = {},
): string {
  return `histogram_quantile(${q}, ${sumOf(rateOf(buckets, window), ["le", ...by])}) >= 0`;
}

/** part/whole: 0 where the whole was seen and the part was not; nothing where nothing was seen. */
export function shareOf(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / (${whole} > 0)`;
}

/** The same, or a line at 0 with this name; only where `witness` proves that there was a look. */
export function orNone(vector: string, label: string, name: string, witness: string): string {
  return `${vector} or on () label_replace(0 * ${witness}, "${label}", "${name}", "", "")`;
}

/** Gives series that lack the label a name in the legend. */
export function nameMissing(vector: string, label: string, name: string): string {
  return `label_replace(${vector}, "${label}", "${name}", "${label}", "^$")`;
}

/** The label `process`: host and the first 8 characters of the instance, which is a long id. */
export function byProcess(vector: string): string {
  return `label_replace(${vector}, "process", "$1", "${PROMETHEUS_LABEL.serviceInstanceId}", "(.{1,8}).*")`;
}
export const PROCESS_LEGEND: string = `{{${PROMETHEUS_LABEL.hostName}}} {{process}}`;

function ofKind(kind: Kind): string {
  return [
    `${LOKI_LABEL.serviceName}="$${VARIABLE.service}"`,
    `${LOKI_LABEL.deploymentEnvironmentName}="$${VARIABLE.environment}"`,
    `${LOKI_LABEL.kind}="${kind}"`,
  ].join(", ");
}

/** Deaths of the service that nobody planned, whichever process or container it was. */
export const CRASHES_OF_SERVICE: string = `{${ofKind("crash")}} | ${UNPLANNED}`;
export const DEPLOYS_OF_SERVICE: string = `{${ofKind("deploy")}}`;

/** Signs of users: who was here, and who met an error. */
export const SESSIONS_OF_SERVICE: string = `{${ofKind("session")}}`;

/** One record for each time that an error happened. */
export const ERRORS_OF_SERVICE: string = `{${ofKind("error")}}`;

/**
 * The lines of the chosen processes. Records of other kinds are made from these lines: they would be
 * counted twice.
 */
export const LINES: string = `{${ofKind("log")}} | ${PROMETHEUS_LABEL.serviceInstanceId}=~"$${VARIABLE.instance}"`;

/** Loki makes the level from the severity number, else from the text, else from the line itself. */
export const ERROR_LINES: string = `${LINES} | ${LOKI_METADATA.detectedLevel}=~"error|critical|fatal"`;

/** The text is taken as it is, upper and lower case alike; an empty one finds everything. */
export const FOUND_LINES: string = LINES.replace(
  "} |",
  `} |~ \`(?i)\\Q\${${VARIABLE.search}:raw}\\E\` |`,
);
