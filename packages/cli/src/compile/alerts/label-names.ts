import { LOKI_LABEL, PROMETHEUS_LABEL } from "@sightline/core";

/** Short names for what people say most. */
const ALIASES: Readonly<Record<string, string>> = {
  service: LOKI_LABEL.serviceName,
  environment: LOKI_LABEL.deploymentEnvironmentName,
  host: LOKI_LABEL.hostName,
  route: PROMETHEUS_LABEL.httpRoute,
  method: PROMETHEUS_LABEL.httpRequestMethod,
  status: PROMETHEUS_LABEL.httpResponseStatusCode,
  instance: PROMETHEUS_LABEL.serviceInstanceId,
  version: PROMETHEUS_LABEL.serviceVersion,
  container: PROMETHEUS_LABEL.containerName,
};

/** `service` → `service_name`, `http.route` → `http_route`: as Loki and Prometheus spell a name. */
export function labelName(given: string): string {
  const spelled = given.replaceAll(/[^A-Za-z0-9_]/g, "_");
  const name = Object.hasOwn(ALIASES, given) ? ALIASES[given] : undefined;
  return name ?? (/^\d/.test(spelled) ? `_${spelled}` : spelled);
}

/** Each once, sorted: the order in the file means nothing. */
export function labelNames(given: readonly string[]): string[] {
  return [...new Set(given.map(labelName))].sort();
}

/** Written for RE2, which has no escape for `-` outside a class and none for letters. */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** `name="a"`, or `name=~"a|b"` for several. */
export function labelMatcher(label: string, values: readonly string[]): string {
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? `${label}=${JSON.stringify(only)}`
    : `${label}=~${JSON.stringify(values.map(escapeRegex).join("|"))}`;
}
