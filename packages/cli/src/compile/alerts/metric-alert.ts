import { formatDuration, PROMETHEUS_LABEL } from "@sightline/core";
import type { AlertSpec, MetricSelector } from "../../spec/schema/alerts.ts";
import type { When } from "../../spec/when.ts";
import type { Condition, MessagePart } from "../model.ts";
import {
  type AlertForm,
  DEFAULT_EVERY_MILLIS,
  type FormScope,
  fixedLabels,
  servicePart,
  usualEvery,
  words,
} from "./alert-form.ts";
import { readAmount } from "./amounts.ts";
import { metricFacts } from "./metric-facts.ts";
import { type Figure, figureOf } from "./metric-figure.ts";

const { serviceName, hostName, httpRoute } = PROMETHEUS_LABEL;

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
    labels: fixedLabels(metric.service, metric.environment ?? scope.environment, by),
    format,
    summary: [words(title), ...owner, words(" is "), value],
    description: [
      words(`${capital(title)}`),
      ...owner,
      words(" is "),
      value,
      words(when === undefined ? "." : `; it alerts when it is ${when.text}.`),
    ],
    facts: metric.query === undefined ? metricFacts(figure.matchers, by, metric) : [],
    lines: undefined,
    command: undefined,
    everyMillis: usualEvery(DEFAULT_EVERY_MILLIS, when?.forMillis, alert.for),
    isTemplated: false,
  };
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

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
