import { closestName, formatDuration, PROMETHEUS_LABEL } from "@sightline/core";
import type { AlertSpec, MetricSelector } from "../../spec/schema/alerts.ts";
import type { ValueFormat } from "../model.ts";
import { type FormScope, isDownward } from "./alert-form.ts";
import type { Measure } from "./amounts.ts";
import { labelMatcher, metricLabelName, namesOf } from "./label-names.ts";
import { queryDuration } from "./query-duration.ts";
import { OWNERS, SIGNAL_NAMES, SIGNALS, type Signal } from "./signals.ts";
import { stripComments } from "./strip-comments.ts";

const DEFAULT_OVER_MILLIS = 300_000;
const { serviceName, deploymentEnvironmentName, hostName, httpRoute } = PROMETHEUS_LABEL;

/** What is compared, and what is said of it. */
export interface Figure {
  readonly query: string;
  readonly by: readonly string[];
  readonly title: string;
  readonly measure: Measure | "any";
  readonly format: ValueFormat;
  readonly bareUnit: string | undefined;
  readonly matchers: readonly string[];
}

export function figureOf(alert: AlertSpec & { metric: MetricSelector }, scope: FormScope): Figure {
  const { metric } = alert;
  if (metric.query !== undefined) return ownFigure(alert, metric.query, scope);
  const signal = signalOf(metric.signal, scope);
  if (signal === undefined) return ownFigure(alert, "vector(0)", scope, false);
  checkSelectors(metric, signal, scope);
  const by = byOf(alert, signal, scope);
  const environment = metric.environment ?? scope.environment;
  const matchers = [
    metric.service === undefined ? undefined : labelMatcher(serviceName, metric.service),
    environment === undefined ? undefined : labelMatcher(deploymentEnvironmentName, [environment]),
    metric.host === undefined ? undefined : labelMatcher(hostName, [metric.host]),
    metric.route === undefined ? undefined : labelMatcher(httpRoute, [metric.route]),
  ].filter((matcher) => matcher !== undefined);
  const overMillis = metric.over ?? DEFAULT_OVER_MILLIS;
  return {
    query: signal.query({
      of: (name, ...more) => {
        const all = [...matchers, ...more];
        return all.length === 0 ? name : `${name}{${all.join(", ")}}`;
      },
      window: queryDuration(overMillis),
      windowSeconds: overMillis / 1_000,
      by,
      isDownward: alert.when !== undefined && isDownward(alert.when),
    }),
    by,
    title: signal.title,
    measure: signal.measure,
    format: signal.format,
    bareUnit: signal.bareUnit,
    matchers,
  };
}

/** PromQL of the user: what it measures is theirs to know, its threshold comes in base units. */
function ownFigure(
  alert: AlertSpec & { metric: MetricSelector },
  query: string,
  { report }: FormScope,
  isChecked = true,
): Figure {
  const { query: _, signal, ...others } = alert.metric;
  const names = Object.keys(others);
  if (isChecked && signal !== undefined) {
    report(
      ["metric", "signal"],
      "one-way-of-measuring",
      `"query" and "signal" are both there; expected one`,
    );
  }
  if (isChecked && names.length > 0) {
    report(
      ["metric", names[0] as string],
      "one-way-of-selecting",
      `"query" says all by itself, so that ${names.map((name) => `"${name}"`).join(", ")} would not count`,
      "write it into the query",
    );
  }
  return {
    query: stripComments(query),
    by: namesOf(alert.by ?? [], metricLabelName),
    title: "the figure",
    measure: "any",
    format: "number",
    bareUnit: undefined,
    matchers: [],
  };
}

function signalOf(name: MetricSelector["signal"], { report }: FormScope): Signal | undefined {
  if (name !== undefined) return SIGNALS[name];
  report(
    ["metric"],
    "no-signal",
    `expected "signal" or "query"`,
    `signals: ${SIGNAL_NAMES.join(", ")}`,
  );
  return undefined;
}

function checkSelectors(metric: MetricSelector, signal: Signal, { report }: FormScope): void {
  const { labels } = OWNERS[signal.of];
  const has = (label: string): boolean => labels.some((each) => each === label);
  const given = [
    ["service", serviceName, metric.service?.join(", ")],
    ["host", hostName, metric.host],
    ["route", httpRoute, metric.route],
  ] as const;
  for (const [key, label, value] of given) {
    if (value === undefined || has(label)) continue;
    const advice =
      key === "service" && (signal.of === "hosts" || signal.of === "disks")
        ? `it is measured of hosts; of a service there are ${signalsOf("containers", "processes")}`
        : `leave "${key}" out`;
    report(
      ["metric", key],
      "no-such-selector",
      `${metric.signal} has no ${key}, got "${value}"`,
      advice,
    );
  }
  if (metric.over !== undefined && !signal.isWindowed) {
    report(
      ["metric", "over"],
      "no-window",
      `${metric.signal} looks at one moment, so that "over: ${formatDuration(metric.over)}" would not count`,
      `say how long it must hold: "above ... for ${formatDuration(metric.over)}"`,
    );
  }
  if (metric.over !== undefined && metric.over < 60_000) {
    report(
      ["metric", "over"],
      "window-too-short",
      `"over: ${formatDuration(metric.over)}" holds too few samples for a rate`,
      "expected at least 1m",
    );
  }
}

function signalsOf(...owners: readonly Signal["of"][]): string {
  return SIGNAL_NAMES.filter((name) => owners.includes(SIGNALS[name].of)).join(", ");
}

function byOf(
  alert: AlertSpec & { metric: MetricSelector },
  signal: Signal,
  { report }: FormScope,
): string[] {
  const { labels, usual } = OWNERS[signal.of];
  const given = namesOf(alert.by ?? [], metricLabelName);
  const unknown = given.filter((name) => !labels.some((label) => label === name));
  for (const name of unknown) {
    const near = closestName(name, labels);
    report(
      ["by"],
      "no-such-label",
      `${alert.metric.signal} has no label "${name}"`,
      near === undefined ? `it has ${labels.join(", ")}` : `did you mean "${near}"?`,
    );
  }
  const route = alert.metric.route === undefined ? [] : [httpRoute];
  return [
    ...new Set([...usual, ...route, ...given.filter((name) => !unknown.includes(name))]),
  ].sort();
}
