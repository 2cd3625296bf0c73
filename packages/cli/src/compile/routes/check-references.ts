import { ALERT_LABEL, closestName } from "@sightline/core";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule, MuteTiming } from "../model.ts";
import type { FaultSink, Path } from "./fault-sink.ts";

/** Names of contacts, wherever they are told. One fault for a name and a place. */
export function checkContacts(
  { document }: CompileInput,
  rules: readonly AlertRule[],
  known: readonly string[],
  sink: FaultSink,
): void {
  const { spec } = document;
  const unknown = (name: string) => !known.includes(name);
  const add = (name: string, path: Path) =>
    sink.error("unknown-contact", `there is no contact "${name}"`, path, adviceFor(name, known));
  for (const [index, { tell }] of spec.routes.entries()) {
    for (const name of tell.filter(unknown)) add(name, ["routes", index, "tell"]);
  }
  for (const name of spec.default_alerts.tell?.filter(unknown) ?? [])
    add(name, ["default_alerts", "tell"]);
  for (const [id, { tell = [] }] of Object.entries(spec.default_alerts.change ?? {})) {
    for (const name of tell.filter(unknown)) add(name, ["default_alerts", "change", id, "tell"]);
  }
  for (const section of ["alerts", "slos", "probes"] as const) {
    for (const [index, { tell = [] }] of spec[section].entries()) {
      for (const name of tell.filter(unknown)) add(name, [section, index, "tell"]);
    }
  }
  for (const [index, { owner }] of spec.services.entries()) {
    if (owner !== undefined && unknown(owner)) add(owner, ["services", index, "owner"]);
  }
  for (const [index, { ticket = [] }] of spec.slos.entries()) {
    for (const name of ticket.filter(unknown)) add(name, ["slos", index, "ticket"]);
  }
  for (const [index, test] of spec.route_tests.entries()) {
    for (const name of test.reaches.filter(unknown)) add(name, ["route_tests", index, "reaches"]);
    if (test.at !== undefined && Number.isNaN(Date.parse(test.at))) {
      sink.error(
        "route-test-time",
        `expected a time such as 2026-03-01T03:00:00Z, got ${JSON.stringify(test.at)}`,
        ["route_tests", index, "at"],
      );
    }
  }
  if (known.length === 0 && rules.some(({ origin }) => origin === "user")) {
    sink.warn(
      "no-contact",
      "there is no contact: alerts are shown, and nobody is told",
      ["alerts"],
      "add contacts: [{name: ops, email: ops@example.org}]",
    );
  }
}

function adviceFor(name: string, known: readonly string[]): string {
  const near = closestName(name, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? "write it under contacts" : `expected one of ${known.join(", ")}`;
}

export function checkTimings(
  { document }: CompileInput,
  timings: readonly MuteTiming[],
  sink: FaultSink,
): void {
  const known = timings.map(({ name }) => name);
  for (const [index, route] of document.spec.routes.entries()) {
    for (const key of ["mute", "active"] as const) {
      for (const name of route[key] ?? []) {
        if (known.includes(name)) continue;
        const near = closestName(name, known);
        sink.error(
          "unknown-timing",
          `there is no mute timing "${name}"`,
          ["routes", index, key],
          near === undefined ? "write it under mute_timings" : `did you mean "${near}"?`,
        );
      }
    }
  }
}

/** Labels that are ours: a value of the user would send the alert elsewhere without a word. */
export function checkReservedLabels(rules: readonly AlertRule[], sink: FaultSink): void {
  for (const rule of rules) {
    for (const label of [ALERT_LABEL.tell, ALERT_LABEL.project, ALERT_LABEL.notify]) {
      if (rule.labels[label] === undefined) continue;
      sink.faults.push({
        check: "reserved-label",
        severity: "error",
        message: `alert "${rule.name}" sets the label "${label}", which is reserved`,
        advice:
          label === ALERT_LABEL.tell ? "name contacts by tell: of the alert" : "call it otherwise",
        place: rule.place,
      });
    }
  }
}
