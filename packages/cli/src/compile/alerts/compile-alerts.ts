import { formatDuration, PROMETHEUS_LABEL } from "@sightline/core";
import type { Fault } from "../../fault.ts";
import type { AlertSpec } from "../../spec/schema/alerts.ts";
import type { CompileInput } from "../compile-spec.ts";
import { alertMessage } from "../messages/alert-message.ts";
import type { AlertRule } from "../model.ts";
import { absentAlert } from "./absent-alert.ts";
import { type AlertForm, EVERY_STEP_MILLIS, type FormScope, type Report } from "./alert-form.ts";
import { checkLabels } from "./check-labels.ts";
import { logAlert } from "./log-alert.ts";
import { metricAlert } from "./metric-alert.ts";
import { rawAlert } from "./raw-alert.ts";
import { crashAlert, newErrorAlert } from "./record-alerts.ts";
import { ruleId } from "./rule-ids.ts";

/** The alerts that the user wrote. */
export function compileAlerts(input: CompileInput): {
  readonly rules: readonly AlertRule[];
  readonly faults: readonly Fault[];
} {
  const { document, target } = input;
  const { spec } = document;
  const environment = spec.targets.find(({ name }) => name === target.name)?.environment;
  const faults: Fault[] = [];
  const rules = spec.alerts.flatMap((alert, index) => {
    const report: Report = (path, check, message, advice) =>
      faults.push({
        check,
        severity: "error",
        message: `alert "${alert.name}": ${message}`,
        advice,
        place: document.placeOf(["alerts", index, ...path]),
      });
    const own = environmentOf(alert);
    const scope = { report, environment };
    const form = formOf(alert, scope);
    if (form === undefined) return [];
    const rule = ruleOf(alert, form, input, scope, index);
    // Checked all the same: a fault should not wait for the other target.
    return own === undefined || environment === undefined || own === environment ? [rule] : [];
  });
  return { rules, faults };
}

function environmentOf({ log, metric }: AlertSpec): string | undefined {
  return log?.environment ?? metric?.environment;
}

/** Which one is there; the specification was read with exactly one. */
function formOf(alert: AlertSpec, scope: FormScope): AlertForm | undefined {
  const { log, metric, absent, crash, new_error } = alert;
  if (log !== undefined) return logAlert({ ...alert, log }, scope);
  if (metric !== undefined) return metricAlert({ ...alert, metric }, scope);
  if (absent !== undefined) return absentAlert({ ...alert, absent }, scope);
  if (crash !== undefined) return crashAlert({ ...alert, crash }, scope);
  if (new_error !== undefined) return newErrorAlert({ ...alert, new_error }, scope);
  const isRaw = [alert.promql, alert.logql, alert.grafana].some((given) => given !== undefined);
  return isRaw ? rawAlert(alert, scope) : undefined;
}

function ruleOf(
  alert: AlertSpec,
  form: AlertForm,
  input: CompileInput,
  scope: FormScope,
  index: number,
): AlertRule {
  checkLabels(alert, form, scope);
  return {
    id: alert.uid ?? ruleId(alert.name),
    name: alert.name,
    source: form.source,
    expression: form.expression,
    by: form.by,
    whenEmpty: form.whenEmpty,
    ...timesOf(alert, form, scope),
    severity: alert.severity ?? "warning",
    labels: { ...form.labels, ...alert.labels },
    message: alertMessage(alert, form, input, scope),
    contacts: alert.tell ?? ownersOf(form, input),
    origin: "user",
    folder: alert.folder,
    isEnabled: alert.enabled ?? true,
    place: input.document.placeOf(["alerts", index]),
  };
}

/** Where the alert says nobody, the owner of its service is told; else the routes decide. */
function ownersOf({ labels }: AlertForm, { document }: CompileInput): readonly string[] {
  const name = labels[PROMETHEUS_LABEL.serviceName];
  const owner = document.spec.services.find((service) => service.name === name)?.owner;
  return owner === undefined ? [] : [owner];
}

function timesOf(
  alert: AlertSpec,
  form: AlertForm,
  { report }: FormScope,
): Pick<AlertRule, "forMillis" | "keepFiringForMillis" | "everyMillis"> {
  const { when, every } = alert;
  const forMillis = when?.forMillis ?? alert.for ?? 0;
  const everyMillis = every ?? form.everyMillis;
  if (when?.forMillis !== undefined && alert.for !== undefined) {
    report(
      ["for"],
      "for-twice",
      `"for: ${formatDuration(alert.for)}" and "${when.text}" both say how long it must hold`,
      "keep one of them",
    );
  }
  if (everyMillis <= 0 || everyMillis % EVERY_STEP_MILLIS !== 0) {
    report(
      ["every"],
      "interval",
      `"every: ${formatDuration(everyMillis)}" is no whole multiple of 10s, in which Grafana looks`,
      "write for example 30s or 1m",
    );
  }
  if (forMillis > 0 && every !== undefined && forMillis < every) {
    report(
      alert.for === undefined ? ["when"] : ["for"],
      "for-shorter-than-every",
      `it must hold for ${formatDuration(forMillis)}, and is looked at every ${formatDuration(every)}: it would fire at the second look`,
      `look more often, or write "for ${formatDuration(every)}"`,
    );
  }
  return { forMillis, everyMillis, keepFiringForMillis: alert.keep_firing_for ?? 0 };
}
