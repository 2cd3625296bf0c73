import { LOKI_LABEL, LOKI_METADATA } from "@sightline/core";

export interface LineFilter {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly host?: string | undefined;
  /**
   * Absent: all but `error`, whose records stand beside a line that says the same, and `session`,
   * which count users and are no lines.
   */
  readonly kind?: string | undefined;
  /** RE2 expression that the line must match. */
  readonly grep?: string | undefined;
  /** The lowest severity number to show, 1 to 24. */
  readonly minSeverity?: number | undefined;
}

/** A LogQL query for these lines; every value is quoted, so that none can change the query. */
export function lineQuery(filter: LineFilter): string {
  const labels: [string, string | undefined][] = [
    [LOKI_LABEL.serviceName, filter.service],
    [LOKI_LABEL.deploymentEnvironmentName, filter.environment],
    [LOKI_LABEL.hostName, filter.host],
    [LOKI_LABEL.kind, filter.kind],
  ];
  const matchers = labels.flatMap(([label, value]) =>
    value === undefined ? [] : `${label}=${quote(value)}`,
  );
  if (filter.kind === undefined) matchers.push(`${LOKI_LABEL.kind}!~"error|session"`);
  // Loki asks for one matcher that cannot be empty.
  const isOpen = matchers.every((matcher) => /^\w+!/.test(matcher));
  if (isOpen) matchers.unshift(`${LOKI_LABEL.serviceName}=~".+"`);
  const selector = matchers.join(", ");
  const grep = filter.grep === undefined ? "" : ` |~ ${quote(filter.grep)}`;
  const severity =
    filter.minSeverity === undefined
      ? ""
      : ` | ${LOKI_METADATA.severityNumber} >= ${filter.minSeverity}`;
  return `{${selector}}${grep}${severity}`;
}

/** LogQL and PromQL read Go's string syntax, which takes JSON's. */
export function quote(value: string): string {
  return JSON.stringify(value);
}
