import type { AlertSpec } from "../../spec/schema/alerts.ts";
import {
  type AlertForm,
  DEFAULT_EVERY_MILLIS,
  type FormScope,
  usualEvery,
  words,
} from "./alert-form.ts";
import { metricLabelName, namesOf } from "./label-names.ts";

/** Expressions of the user with their condition inside; of other tools, too. */
export function rawAlert(alert: AlertSpec, { report }: FormScope): AlertForm {
  const { promql, logql, grafana, when } = alert;
  if (when !== undefined) {
    const key = promql === undefined ? (logql === undefined ? "grafana" : "logql") : "promql";
    report(
      ["when"],
      "condition-twice",
      `"${key}" has its condition inside, so that "when: ${when.text}" would not count`,
      key === "promql" ? `write metric: {query: ...} with "when"` : `leave "when" out`,
    );
  }
  return {
    source: logql === undefined ? "prometheus" : "loki",
    expression:
      grafana === undefined
        ? { kind: "raw", query: (promql ?? logql ?? "").trim() }
        : {
            kind: "grafana",
            condition: grafana.condition,
            data: grafana.data,
            noData: grafana.no_data ?? "NoData",
            onError: grafana.on_error ?? "Error",
          },
    by: namesOf(alert.by ?? [], metricLabelName),
    whenEmpty: "ok",
    labels: {},
    format: "number",
    summary: grafana === undefined ? [words("it is "), { kind: "value", format: "number" }] : [],
    description: [],
    facts: [],
    lines: undefined,
    command: undefined,
    everyMillis: usualEvery(DEFAULT_EVERY_MILLIS, alert.for),
    isTemplated: true,
  };
}
