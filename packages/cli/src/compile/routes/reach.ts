import { ALERT_LABEL, PROMETHEUS_LABEL } from "@sightline/core";
import type { AlertRule } from "../model.ts";
import type { FaultSink } from "./fault-sink.ts";
import { findContradiction, formatMatcher, isImplied } from "./matchers.ts";
import type { ReadRoute } from "./read-routes.ts";

/** Labels as people say them and as they are called. */
const USUAL_NAMES: Readonly<Record<string, string>> = {
  service: PROMETHEUS_LABEL.serviceName,
  environment: PROMETHEUS_LABEL.deploymentEnvironmentName,
  host: PROMETHEUS_LABEL.hostName,
  alert: ALERT_LABEL.alertName,
  name: ALERT_LABEL.alertName,
  container: PROMETHEUS_LABEL.containerName,
};

/** Routes that nothing can reach, and what a route says that is surely not meant. */
export function checkReach(
  routes: readonly ReadRoute[],
  rules: readonly AlertRule[],
  sink: FaultSink,
): void {
  for (const [at, read] of routes.entries()) {
    const { route, index } = read;
    const path = ["routes", index, "match"];
    const contradiction = findContradiction(route.matchers);
    if (contradiction !== undefined) {
      const [a, b] = contradiction.map(formatMatcher);
      sink.error("route-unreachable", `${a} and ${b} never hold together`, path);
      continue;
    }
    const shadow = routes
      .slice(0, at)
      .find(
        ({ route: earlier }) => !earlier.continues && isCovered(route.matchers, earlier.matchers),
      );
    if (shadow !== undefined) {
      sink.error(
        "route-unreachable",
        `${route.id} is never reached: ${shadow.route.id} comes first and takes all of it`,
        path,
        "put it first (priority: 50), or let the first one continue: true",
      );
    }
    checkNames(route.matchers, rules, path, sink);
    checkTelling(read, rules, sink);
  }
  checkDoubles(routes, sink);
}

type Matchers = ReadRoute["route"]["matchers"];

/** Everything that `narrow` takes, `wide` takes, too. */
function isCovered(narrow: Matchers, wide: Matchers): boolean {
  return wide.every((matcher) => isImplied(matcher, narrow));
}

function checkNames(
  matchers: Matchers,
  rules: readonly AlertRule[],
  path: readonly (string | number)[],
  sink: FaultSink,
): void {
  for (const { label } of matchers) {
    const usual = USUAL_NAMES[label];
    const isUsed = rules.some(
      ({ by, labels }) => by.includes(label) || labels[label] !== undefined,
    );
    if (usual === undefined || isUsed) continue;
    sink.warn("unknown-label", `no alert has a label "${label}"`, path, `did you mean "${usual}"?`);
  }
}

/** A route of one alert by name, which that alert never asks because it names its own contacts. */
function checkTelling(
  { route, index }: ReadRoute,
  rules: readonly AlertRule[],
  sink: FaultSink,
): void {
  const named = route.matchers.find(
    ({ label, operator }) => label === ALERT_LABEL.alertName && operator === "=",
  );
  const meant = rules.filter(({ name }) => name === named?.value);
  if (
    route.continues ||
    meant.length === 0 ||
    meant.some(({ contacts }) => contacts.length === 0)
  ) {
    return;
  }
  sink.warn(
    "route-unreachable",
    `alert "${named?.value}" names whom to tell, so it does not ask ${route.id}`,
    ["routes", index],
    "take tell: from the alert, or add continue: true to the route",
  );
}

/** A route that goes on, and a later one with the same contact: who is told twice. */
function checkDoubles(routes: readonly ReadRoute[], sink: FaultSink): void {
  for (const [at, { route, index }] of routes.entries()) {
    for (const { route: earlier } of routes.slice(0, at)) {
      const both = route.contacts.filter((name) => earlier.contacts.includes(name));
      if (!earlier.continues || both.length === 0) continue;
      if (findContradiction([...earlier.matchers, ...route.matchers]) !== undefined) continue;
      sink.warn(
        "told-twice",
        `what matches ${earlier.id} and ${route.id} is told to ${both.join(", ")} twice`,
        ["routes", index, "tell"],
        `take continue: true from ${earlier.id}, or ${both.join(", ")} from one of them`,
      );
    }
  }
}
