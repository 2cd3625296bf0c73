import { ALERT_LABEL } from "@sightline/core";
import type { Place } from "../../fault.ts";
import type { SpecDocument } from "../../spec/read-spec.ts";
import type { Model } from "../model.ts";
import { evaluateRoute } from "./evaluate-route.ts";
import { buildRouteTree, tellLabel } from "./route-tree.ts";

export interface RouteTestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: readonly string[];
  /** Contacts that are told, each once, sorted. */
  readonly reached: readonly string[];
  /** Who is kept quiet and why; more than one line where it failed. */
  readonly notes: readonly string[];
  readonly place: Place;
}

/**
 * Runs `route_tests` of a specification. The labels may hold `alertname` alone: the other labels of
 * that alert (severity, its own ones, whom it tells) are filled in from its rule.
 */
export function runRouteTests(
  model: Model,
  document: SpecDocument,
  nowMillis: number,
): readonly RouteTestResult[] {
  const tree = buildRouteTree(model);
  return document.spec.route_tests.map((test, index) => {
    const atMillis = test.at === undefined ? nowMillis : Date.parse(test.at);
    const labels = fillLabels(model, test.labels);
    const deliveries = evaluateRoute(tree, labels, atMillis, model.muteTimings);
    const told = deliveries.filter(
      ({ contact, quietBy }) => contact !== null && quietBy === undefined,
    );
    const reached = [...new Set(told.map(({ contact }) => contact as string))].sort();
    const expected = [...new Set(test.reaches)].sort();
    const quiet = deliveries.filter(({ quietBy }) => quietBy !== undefined);
    return {
      name: test.name ?? describeLabels(test.labels),
      passed: JSON.stringify(reached) === JSON.stringify(expected),
      expected,
      reached,
      notes: quiet.map(({ contact, quietBy }) => `${contact ?? "nobody"}: ${quietBy}`),
      place: document.placeOf(["route_tests", index]),
    };
  });
}

function fillLabels(
  model: Model,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const rule = model.rules.find(({ name }) => name === given[ALERT_LABEL.alertName]);
  if (rule === undefined) return { [ALERT_LABEL.project]: model.project, ...given };
  return {
    ...(rule.contacts.length > 0 && { [ALERT_LABEL.tell]: tellLabel(rule.contacts) }),
    ...rule.labels,
    [ALERT_LABEL.project]: model.project,
    [ALERT_LABEL.severity]: rule.severity,
    ...given,
  };
}

function describeLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ");
}
