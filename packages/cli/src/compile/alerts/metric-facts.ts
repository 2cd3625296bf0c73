import { PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { MetricSelector } from "../../spec/schema/alerts.ts";
import type { Fact } from "../model.ts";

const { serviceName, deploymentEnvironmentName, hostName, httpRoute, serviceVersion } =
  PROMETHEUS_LABEL;

/** What else is worth knowing when a figure of a service is bad: its release, its traffic, its slowest route. */
export function metricFacts(
  matchers: readonly string[],
  by: readonly string[],
  metric: MetricSelector,
): Fact[] {
  if (!by.includes(serviceName) || metric.route !== undefined) return [];
  const own = matchers.filter((matcher) => !matcher.startsWith(`${httpRoute}=`)).join(", ");
  const of = (name: string): string => (own === "" ? name : `${name}{${own}}`);
  const common = by.filter(
    (label) => label === serviceName || label === deploymentEnvironmentName || label === hostName,
  );
  // A fact belongs to the alert whose labels it has all of: of finer alerts nothing is known here.
  if (common.length !== by.length) return [];
  const groups = by.join(", ");
  const newest = `topk by (${groups}) (1, -1 * min by (${groups}, ${serviceVersion}) (${of(PROMETHEUS.processUptime)}))`;
  const slowness = `sum by (${groups}, ${httpRoute}) (rate(${of(PROMETHEUS.httpServerRequestDurationSum)}[5m]))`;
  const traffic = `60 * sum by (${groups}) (rate(${of(PROMETHEUS.httpServerRequestDurationCount)}[5m]))`;
  return [
    { name: "release", query: newest, read: { kind: "label", label: serviceVersion } },
    {
      name: "route",
      query: `topk by (${groups}) (1, ${slowness})`,
      read: { kind: "label", label: httpRoute },
    },
    { name: "rpm", query: traffic, read: { kind: "value", format: "per-minute" } },
  ];
}
