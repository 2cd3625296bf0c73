import { ALERT_LABEL, closestName } from "@sightline/core";
import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule, Inhibition, MessageTemplate, MuteTiming, Route } from "../model.ts";
import { INHIBITIONS } from "../pack/inhibitions.ts";
import { compileMuteTimings } from "./compile-mute-timings.ts";
import { compileTemplates } from "./compile-templates.ts";
import { checkMatcher, parseMatcher } from "./matchers.ts";
import { checkReach } from "./reach.ts";
import { withRouteLabels } from "./route-tree.ts";

const DEFAULT_PRIORITY = 100;

/** Adds faults of one part of the specification. */
export interface FaultSink {
  readonly faults: Fault[];
  readonly error: (check: string, message: string, path: Path, advice?: string) => void;
  readonly warn: (check: string, message: string, path: Path, advice?: string) => void;
}
type Path = readonly (string | number)[];

/**
 * The one tree: the routes of the user, and those that `tell` of an alert asks for. Gives the rules
 * back with the labels that those routes match.
 */
export function compileRoutes(
  input: CompileInput,
  rules: readonly AlertRule[],
): {
  readonly rules: readonly AlertRule[];
  readonly routes: readonly Route[];
  readonly defaultContact: string | undefined;
  readonly muteTimings: readonly MuteTiming[];
  readonly inhibitions: readonly Inhibition[];
  readonly templates: readonly MessageTemplate[];
  readonly faults: readonly Fault[];
} {
  const sink = createFaultSink(input);
  const { spec } = input.document;
  const known = spec.contacts.map(({ name }) => name);
  const muteTimings = compileMuteTimings(input, sink);
  const routes = readRoutes(input, sink);
  checkContacts(input, rules, known, sink);
  checkTimings(input, muteTimings, sink);
  checkReach(
    routes.filter(({ isWhole }) => isWhole),
    rules,
    sink,
  );
  checkRules(rules, sink);
  // First what is asked for by name, then the only one, then the first in the file.
  const defaultContact = spec.default_alerts.tell?.find((name) => known.includes(name)) ?? known[0];
  return {
    rules: rules.map((rule) => withRouteLabels(rule, input.project)),
    routes: routes.map(({ route }) => route),
    defaultContact,
    muteTimings,
    inhibitions: INHIBITIONS,
    templates: compileTemplates(input, sink),
    faults: sink.faults,
  };
}

function createFaultSink({ document }: CompileInput): FaultSink {
  const faults: Fault[] = [];
  const add =
    (severity: Fault["severity"]) =>
    (check: string, message: string, path: Path, advice?: string) => {
      faults.push({ check, severity, message, advice, place: document.placeOf(path) });
    };
  return { faults, error: add("error"), warn: add("warning") };
}

/** A route, and where it stands in the file: the order of asking is another. */
export interface ReadRoute {
  readonly route: Route;
  readonly index: number;
  /** All its matchers could be read. */
  readonly isWhole: boolean;
}

function readRoutes({ document }: CompileInput, sink: FaultSink): readonly ReadRoute[] {
  const { routes } = document.spec;
  const ordered = routes
    .map((given, index) => ({ given, index }))
    .sort((a, b) => priorityOf(a.given) - priorityOf(b.given) || a.index - b.index);
  return ordered.map(({ given, index }) => {
    const path = ["routes", index];
    for (const key of ["group_interval", "repeat_interval"] as const) {
      if (given[key] !== 0) continue;
      sink.error(
        "route-interval",
        `${key} is 0; expected more`,
        [...path, key],
        "write 1m or more",
      );
    }
    const matchers = readMatchers(given.match, [...path, "match"], sink);
    checkGroupBy(given.group_by, [...path, "group_by"], sink);
    return {
      index,
      isWhole: matchers.length === Object.keys(given.match).length,
      route: {
        id: given.name ?? `route ${index + 1}`,
        matchers,
        contacts: [...new Set(given.tell)],
        groupBy: given.group_by,
        groupWaitMillis: given.group_wait,
        groupIntervalMillis: given.group_interval,
        repeatIntervalMillis: given.repeat_interval,
        mute: given.mute ?? [],
        active: given.active ?? [],
        continues: given.continue ?? false,
        place: document.placeOf(path),
      },
    };
  });
}

function priorityOf({ priority }: { readonly priority?: number | undefined }): number {
  return priority ?? DEFAULT_PRIORITY;
}

function checkGroupBy(labels: readonly string[] | undefined, path: Path, sink: FaultSink): void {
  if (labels === undefined) return;
  if (labels.includes("...") && labels.length > 1) {
    sink.error("route-group-by", '"..." means all labels; it stands alone', path);
  }
  for (const [index, label] of labels.entries()) {
    if (label.trim() === "")
      sink.error("route-group-by", "expected the name of a label", [...path, index]);
    if (labels.indexOf(label) < index) {
      sink.error(
        "route-group-by",
        `"${label}" stands there twice`,
        [...path, index],
        "take one away",
      );
    }
  }
}

type GivenMatch = readonly string[] | Readonly<Record<string, string | readonly string[]>>;

function readMatchers(given: GivenMatch, path: Path, sink: FaultSink): Route["matchers"] {
  if (isTexts(given)) {
    return given.flatMap((text, index) => {
      const result = parseMatcher(text);
      if (result.status === "ok") return [result.matcher];
      sink.error("matcher", result.message, [...path, index]);
      return [];
    });
  }
  return Object.entries(given).flatMap(([label, value]) => {
    const result = checkMatcher(
      typeof value === "string"
        ? { label, operator: "=", value }
        : { label, operator: "=~", value: value.map(escapeRegExp).join("|") },
    );
    if (result.status === "ok") return [result.matcher];
    sink.error("matcher", result.message, [...path, label]);
    return [];
  });
}

function isTexts(given: GivenMatch): given is readonly string[] {
  return Array.isArray(given);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** Names of contacts, wherever they are told. One fault for a name and a place. */
function checkContacts(
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

function checkTimings(
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
function checkRules(rules: readonly AlertRule[], sink: FaultSink): void {
  for (const rule of rules) {
    for (const label of [ALERT_LABEL.tell, ALERT_LABEL.project, "sightline_notify"]) {
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
