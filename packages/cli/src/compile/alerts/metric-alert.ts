import { closestName, formatDuration, PROMETHEUS, PROMETHEUS_LABEL } from "@sightline/core";
import type { AlertSpec, MetricSelector } from "../../spec/schema/alerts.ts";
import type { When } from "../../spec/when.ts";
import type { Condition, Fact, MessagePart, ValueFormat } from "../model.ts";
import {
  type AlertForm,
  DEFAULT_EVERY_MILLIS,
  type FormScope,
  isDownward,
  servicePart,
  usualEvery,
  words,
} from "./alert-form.ts";
import { type Measure, readAmount } from "./amounts.ts";
import { labelMatcher, metricLabelName, namesOf } from "./label-names.ts";
import { queryDuration } from "./query-duration.ts";
import { OWNERS, SIGNAL_NAMES, SIGNALS, type Signal } from "./signals.ts";
import { stripComments } from "./strip-comments.ts";

const DEFAULT_OVER_MILLIS = 300_000;
const { serviceName, deploymentEnvironmentName, hostName, httpRoute, serviceVersion } =
  PROMETHEUS_LABEL;

/** A figure stands above or below a threshold. */
export function metricAlert(
  alert: AlertSpec & { metric: MetricSelector },
  scope: FormScope,
): AlertForm {
  const figure = figureOf(alert, scope);
  const { by, title, format } = figure;
  const { metric, when } = alert;
  const service = servicePart(metric.service, by, serviceName);
  const host = by.includes(hostName) ? ({ kind: "label", name: hostName } as const) : undefined;
  const route = by.includes(httpRoute) ? ({ kind: "label", name: httpRoute } as const) : undefined;
  const owner: MessagePart[] = [
    ...(service === undefined ? [] : [words(" of "), service]),
    ...(service === undefined && host !== undefined ? [words(" of "), host] : []),
    ...(route === undefined ? [] : [words(" "), route]),
  ];
  const value: MessagePart = { kind: "value", format };
  return {
    source: "prometheus",
    expression: {
      kind: "conditions",
      all: [{ query: figure.query, ...thresholdOf(alert, figure, scope) }],
    },
    by,
    whenEmpty: "ok",
    labels: fixedLabels(metric, metric.environment ?? scope.environment, by),
    format,
    summary: [words(title), ...owner, words(" is "), value],
    description: [
      words(`${capital(title)}`),
      ...owner,
      words(" is "),
      value,
      words(when === undefined ? "." : `; it alerts when it is ${when.text}.`),
    ],
    facts: metric.query === undefined ? factsOf(figure.matchers, by, metric) : [],
    lines: undefined,
    command: undefined,
    everyMillis: usualEvery(DEFAULT_EVERY_MILLIS, when?.forMillis, alert.for),
    isTemplated: false,
  };
}

interface Figure {
  readonly query: string;
  readonly by: readonly string[];
  readonly title: string;
  readonly measure: Measure | "any";
  readonly format: ValueFormat;
  readonly bareUnit: string | undefined;
  readonly matchers: readonly string[];
}

function figureOf(alert: AlertSpec & { metric: MetricSelector }, scope: FormScope): Figure {
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

function thresholdOf(
  alert: AlertSpec & { metric: MetricSelector },
  figure: Figure,
  { report }: FormScope,
): Omit<Condition, "query"> {
  const { when } = alert;
  if (when === undefined) {
    report(
      [],
      "no-condition",
      `expected "when": from which value on it alerts`,
      'write for example "when: above 1s for 5m"',
    );
    return { comparison: "above", amount: "0" };
  }
  if (when.windowMillis !== undefined) {
    const window = formatDuration(when.windowMillis);
    report(
      ["when"],
      "no-count",
      `"in ${window}" counts things, and ${alert.metric.signal ?? "a query"} is no count`,
      `write "for ${window}" for how long it must hold, or "over: ${window}" for the window of the rate`,
    );
  }
  if (figure.measure === "any") return { comparison: when.comparison, amount: anyAmount(when) };
  const withUnit =
    when.unit === undefined && figure.bareUnit !== undefined
      ? { ...when, unit: figure.bareUnit }
      : when;
  const result = readAmount(withUnit, figure.measure, alert.metric.signal ?? "it");
  if (result.status === "ok") return { comparison: when.comparison, amount: result.amount };
  report(["when"], "unit", result.message, result.advice);
  return { comparison: when.comparison, amount: when.amount };
}

/** In base units: `above 1.5s` compares a query of seconds with 1.5. */
function anyAmount(when: When): string {
  for (const measure of ["number", "duration", "ratio", "bytes", "per-minute"] as const) {
    const result = readAmount(when, measure, "");
    if (result.status === "ok") return result.amount;
  }
  return when.amount;
}

function fixedLabels(
  metric: MetricSelector,
  environment: string | undefined,
  by: readonly string[],
): Record<string, string> {
  const [service] = metric.service ?? [];
  return {
    ...(service !== undefined && metric.service?.length === 1 && !by.includes(serviceName)
      ? { [serviceName]: service }
      : {}),
    ...(environment !== undefined && !by.includes(deploymentEnvironmentName)
      ? { [deploymentEnvironmentName]: environment }
      : {}),
  };
}

/** What else is worth knowing when a figure of a service is bad: its release, its traffic, its slowest route. */
function factsOf(
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

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
