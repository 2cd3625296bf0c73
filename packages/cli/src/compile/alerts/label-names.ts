import { LOKI_LABEL, PROMETHEUS_LABEL } from "@sightline/core";
import { goString } from "../messages/go-template.ts";

/** Short names for what people say most. */
const OF_LINES: Readonly<Record<string, string>> = {
  service: LOKI_LABEL.serviceName,
  environment: LOKI_LABEL.deploymentEnvironmentName,
  host: LOKI_LABEL.hostName,
};
const OF_METRICS: Readonly<Record<string, string>> = {
  ...OF_LINES,
  route: PROMETHEUS_LABEL.httpRoute,
  method: PROMETHEUS_LABEL.httpRequestMethod,
  status: PROMETHEUS_LABEL.httpResponseStatusCode,
  instance: PROMETHEUS_LABEL.serviceInstanceId,
  version: PROMETHEUS_LABEL.serviceVersion,
  container: PROMETHEUS_LABEL.containerName,
};

/** `service` → `service_name`, `http.route` → `http_route`. A line may have a field `status` of its own. */
export function fieldName(given: string): string {
  return spelled(given, OF_LINES);
}

/** `route` → `http_route`, too. */
export function metricLabelName(given: string): string {
  return spelled(given, OF_METRICS);
}

/** As Loki and Prometheus spell a name. */
function spelled(given: string, short: Readonly<Record<string, string>>): string {
  const name = Object.hasOwn(short, given) ? short[given] : undefined;
  const plain = given.replaceAll(/[^A-Za-z0-9_]/g, "_");
  return name ?? (/^\d/.test(plain) ? `_${plain}` : plain);
}

/** Each once, sorted: the order in the file means nothing. */
export function namesOf(given: readonly string[], nameOf: (name: string) => string): string[] {
  return [...new Set(given.map(nameOf))].sort();
}

/** Written for RE2, which has no escape for `-` outside a class and none for letters. */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** `name="a"`, or `name=~"a|b"` for several. */
export function labelMatcher(label: string, values: readonly string[]): string {
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? `${label}=${goString(only)}`
    : `${label}=~${goString(values.map(escapeRegex).join("|"))}`;
}
