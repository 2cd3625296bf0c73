import { formatDuration, LOKI_LABEL, PROMETHEUS_LABEL } from "@sightline/core";
import type { AlertSpec } from "../../spec/schema/alerts.ts";
import {
  type AlertForm,
  DEFAULT_EVERY_MILLIS,
  type FormScope,
  usualEvery,
  words,
} from "./alert-form.ts";
import { labelMatcher } from "./label-names.ts";
import { checkWindow } from "./log-checks.ts";
import { streamOf } from "./log-selection.ts";
import { queryDuration } from "./query-duration.ts";

const DEFAULT_WINDOW_MILLIS = 600_000;

/** Something that should be there is not: lines of a service, samples of a metric. */
export function absentAlert(
  alert: AlertSpec & { absent: NonNullable<AlertSpec["absent"]> },
  scope: FormScope,
): AlertForm {
  const { absent } = alert;
  const { service, metric, logs } = absent;
  const { report } = scope;
  const windowMillis = windowOf(alert, scope);
  const span = formatDuration(windowMillis);
  if (metric !== undefined && logs !== undefined) {
    report(["absent"], "one-of", `expected either "logs" or "metric", got both`);
  }
  if (metric === undefined && service === undefined) {
    report(
      ["absent"],
      "no-service",
      `expected "service" or "metric": what is missing must have a name`,
      "that any service went quiet is told by a default alert",
    );
  }
  const isMetric = metric !== undefined;
  const window = queryDuration(windowMillis);
  const vector = isMetric
    ? metricSelector(metric, service, scope.environment)
    : streamOf({
        service: service === undefined ? [] : [service],
        environment: scope.environment,
        kind: "log",
      });
  const what = isMetric ? metric : `lines of ${service}`;
  return {
    source: isMetric ? "prometheus" : "loki",
    expression: {
      kind: "conditions",
      // One series without labels: its labels would be those of the matchers, which are known anyway.
      all: [
        { query: `max(absent_over_time(${vector} [${window}]))`, comparison: "above", amount: "0" },
      ],
    },
    by: [],
    whenEmpty: "ok",
    labels: {
      ...(service === undefined ? {} : { [LOKI_LABEL.serviceName]: service }),
      ...(scope.environment === undefined
        ? {}
        : { [LOKI_LABEL.deploymentEnvironmentName]: scope.environment }),
    },
    format: "number",
    summary: [words(`no ${isMetric ? `samples of ${what}` : what} for ${span}`)],
    description: [
      words(
        isMetric
          ? `Prometheus got no sample of ${what} in ${span}: what measures it is down, or was renamed.`
          : `No line of ${service} came in ${span}: it is down, or its lines are lost on their way.`,
      ),
    ],
    facts: [],
    lines: undefined,
    command: isMetric ? undefined : [words("sightline doctor")],
    everyMillis: usualEvery(DEFAULT_EVERY_MILLIS, windowMillis),
    isTemplated: false,
  };
}

function metricSelector(
  metric: string,
  service: string | undefined,
  environment: string | undefined,
): string {
  if (metric.includes("{")) return metric.trim();
  const matchers = [
    service === undefined ? undefined : labelMatcher(PROMETHEUS_LABEL.serviceName, [service]),
    environment === undefined
      ? undefined
      : labelMatcher(PROMETHEUS_LABEL.deploymentEnvironmentName, [environment]),
  ].filter((matcher) => matcher !== undefined);
  return matchers.length === 0 ? metric.trim() : `${metric.trim()}{${matchers.join(", ")}}`;
}

function windowOf(alert: AlertSpec, { report }: FormScope): number {
  const { when, by } = alert;
  if (by !== undefined) {
    report(
      ["by"],
      "no-such-label",
      `what is missing has no labels to be divided by`,
      "write an alert for each",
    );
  }
  if (when === undefined) return DEFAULT_WINDOW_MILLIS;
  checkWindow(when, alert, { report });
  const isNone = when.comparison === "below" && when.amount === "1" && when.unit === undefined;
  if (!isNone || when.windowMillis === undefined) {
    report(
      ["when"],
      "when-of-absent",
      `"${when.text}" is no absence`,
      'write for example "none in 10m"',
    );
  }
  return when.windowMillis ?? DEFAULT_WINDOW_MILLIS;
}
