import { ALERT_LABEL, closestName } from "@sightline/core";
import type { AlertSpec } from "../../spec/schema/alerts.ts";
import type { AlertForm, FormScope } from "./alert-form.ts";

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Labels that somebody else sets, and what sets them. */
const RESERVED: Readonly<Record<string, string>> = {
  [ALERT_LABEL.alertName]: "it is the alert's name",
  [ALERT_LABEL.tell]: 'write "tell"',
  [ALERT_LABEL.project]: 'write "project" at the top of the file',
};

/** Labels are what an alert is known by: nothing in them changes while it fires. */
export function checkLabels(alert: AlertSpec, form: AlertForm, { report }: FormScope): void {
  for (const [name, value] of Object.entries({ ...form.labels, ...alert.labels })) {
    const path = alert.labels?.[name] === undefined ? [] : ["labels", name];
    if (!NAME.test(name) || name.startsWith("__")) {
      report(
        path,
        "label-name",
        `"${name}" is no name of a label`,
        "expected letters, digits and _",
      );
    }
    const reserved = Object.hasOwn(RESERVED, name) ? RESERVED[name] : undefined;
    if (reserved !== undefined)
      report(path, "reserved-label", `the label "${name}" is taken`, reserved);
    if (form.by.includes(name)) {
      report(
        path,
        "label-twice",
        `"${name}" is a label of the series already`,
        "call it something else",
      );
    }
    if (value.includes("{{") && !form.isTemplated) {
      report(
        path,
        "label-template",
        `the label "${name}" holds "{{", which Prometheus, Loki and Grafana read as a template`,
        "texts that are filled in belong into annotations, summary and message",
      );
    }
  }
  for (const name of Object.keys(alert.annotations ?? {})) {
    if (NAME.test(name)) continue;
    const near = closestName(name.replaceAll(/[^a-zA-Z0-9_]/g, "_"), [
      "runbook_url",
      "dashboard_url",
    ]);
    report(
      ["annotations", name],
      "annotation-name",
      `"${name}" is no name of an annotation`,
      near === undefined ? "expected letters, digits and _" : `did you mean "${near}"?`,
    );
  }
}
