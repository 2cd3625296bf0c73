import { METRIC } from "@sightline/core";

/**
 * What the OTLP receiver of Prometheus makes of a metric's name: words are joined by one underscore,
 * and a counter ends in `_total`, which is taken out of every other place. Source: prometheus
 * `otlptranslator`, strategy UnderscoreEscapingWithSuffixes, for metrics without a unit.
 */
export function translateName(name: string, isCounter: boolean): string {
  const words = name.split(/[^a-zA-Z0-9:]/).filter((word) => word !== "");
  const kept = isCounter ? [...words.filter((word) => word !== "total"), "total"] : words;
  return kept.join("_");
}

/** Whether a name arrives unchanged if it is sent as a counter. */
export function isCounterName(name: string): boolean {
  return translateName(name, true) === name;
}

/**
 * Labels that Prometheus puts on every series of ours. A label of the host with such a name would be
 * mixed up with it; it is renamed as Prometheus does when it scrapes, to `exported_<name>`.
 */
const TARGET_LABELS: ReadonlySet<string> = new Set([
  "job",
  "instance",
  "service_name",
  "service_namespace",
  "service_version",
  "service_instance_id",
  "deployment_environment_name",
  "host_name",
  "container_name",
  "docker_compose_project",
  "docker_compose_service",
]);

export function fitLabel(name: string): string {
  return TARGET_LABELS.has(name) ? `exported_${name}` : name;
}

const SUFFIX = /_(?:total|seconds|bytes|ratio)$/;

function stemOf(name: string): string {
  let stem = name;
  for (let next = stem.replace(SUFFIX, ""); next !== stem; next = stem.replace(SUFFIX, "")) {
    stem = next;
  }
  return stem;
}

const OWN_STEMS: ReadonlySet<string> = new Set(
  Object.values(METRIC).map((name) => stemOf(translateName(name, false))),
);

/**
 * Whether a metric of the host would land in the series of one of ours, such as its own
 * `http_server_request_duration_seconds`.
 */
export function isOwnName(name: string): boolean {
  return OWN_STEMS.has(stemOf(name));
}
