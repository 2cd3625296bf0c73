import { ALERT_LABEL } from "@sightline/core";
import type { AlertRule, Matcher, Model, Route } from "../model.ts";

/** A node of the tree as both engines have it. What is undefined is the parent's, except the timings. */
export interface RouteNode {
  /** Name of a contact; undefined: the parent's. `null`: nobody. */
  readonly contact: string | null | undefined;
  readonly matchers: readonly Matcher[];
  readonly continues: boolean;
  readonly groupBy?: readonly string[] | undefined;
  readonly groupWaitMillis?: number | undefined;
  readonly groupIntervalMillis?: number | undefined;
  readonly repeatIntervalMillis?: number | undefined;
  /** Never inherited: Alertmanager asks the node alone on which an alert ends. */
  readonly mute: readonly string[];
  readonly active: readonly string[];
  readonly routes: readonly RouteNode[];
}

export type RoutedModel = Pick<Model, "contacts" | "routes" | "defaultContact" | "rules">;

/** Alerts of one thing in one message; a second thing soon after is a message of its own. */
const GROUP_BY = ["alertname", "service_name", "deployment_environment_name"];
const GROUP_WAIT_MILLIS = 15_000;
const GROUP_INTERVAL_MILLIS = 120_000;
const REPEAT_INTERVAL_MILLIS = 4 * 3_600_000;

/** Fires always; who gets it alarms when it stops (a dead man's switch). */
export const WATCHDOG = "Watchdog";

/**
 * The one tree. An alert that names contacts (`tell`) goes to these, and to the contacts of routes that
 * `continue`; all others ask the routes in their order; what no route takes goes to the default contact.
 * No contact is told twice because an alert names it and a route does, too.
 */
export function buildRouteTree(model: RoutedModel): RouteNode {
  const ofWatchdog = model.routes.filter(isOfWatchdog).map(toNode);
  const routes = model.routes.filter((route) => !isOfWatchdog(route)).map(toNode);
  return {
    contact: model.defaultContact ?? null,
    matchers: [],
    continues: false,
    groupBy: GROUP_BY,
    groupWaitMillis: GROUP_WAIT_MILLIS,
    groupIntervalMillis: GROUP_INTERVAL_MILLIS,
    repeatIntervalMillis: REPEAT_INTERVAL_MILLIS,
    mute: [],
    active: [],
    routes: [...ofWatchdog, watchdogNode(model), ...tellNode(model), ...routes],
  };
}

/** Asked for by its name: before the node that keeps it away from routes for everything. */
function isOfWatchdog({ matchers }: Route): boolean {
  return matchers.some(
    ({ label, operator, value }) =>
      label === ALERT_LABEL.alertName && operator === "=" && value === WATCHDOG,
  );
}

const LEAF = { continues: false, mute: [], active: [], routes: [] } as const;

function watchdogNode({ rules }: RoutedModel): RouteNode {
  const told = rules.find(({ name }) => name === WATCHDOG)?.contacts ?? [];
  const node: RouteNode = {
    ...LEAF,
    contact: told[0] ?? null,
    matchers: [{ label: ALERT_LABEL.alertName, operator: "=", value: WATCHDOG }],
    groupWaitMillis: 0,
    groupIntervalMillis: 60_000,
    repeatIntervalMillis: 60_000,
  };
  return told.length < 2 ? node : { ...node, routes: toChildren(told, LEAF) };
}

function tellNode(model: RoutedModel): readonly RouteNode[] {
  const { contacts } = model;
  if (contacts.length === 0) return [];
  const named = contacts.map(({ name }): RouteNode => {
    return { ...LEAF, contact: name, matchers: [tellMatcher(name, "=~")], continues: true };
  });
  // Routes that continue tell more people; whom the alert names already is not told twice.
  const added = model.routes
    .filter(({ continues }) => continues)
    .flatMap((route) =>
      route.contacts.map((contact): RouteNode => {
        const matchers = [...route.matchers, tellMatcher(contact, "!~")];
        return {
          ...optionsOf(route),
          ...timingsOf(route),
          contact,
          matchers,
          continues: true,
          routes: [],
        };
      }),
    );
  return [
    {
      ...LEAF,
      contact: undefined,
      matchers: [{ label: ALERT_LABEL.tell, operator: "!=", value: "" }],
      routes: [...named, ...added],
    },
  ];
}

/** `,ops,chat,` has `,ops,`. */
function tellMatcher(contact: string, operator: "=~" | "!~"): Matcher {
  return { label: ALERT_LABEL.tell, operator, value: `.*,${escapeRegExp(contact)},.*` };
}

/** Value of the label by which an alert names its contacts. */
export function tellLabel(contacts: readonly string[]): string {
  return `,${contacts.join(",")},`;
}

/** As RE2 wants it: nothing but its own special characters may be escaped by a backslash. */
function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function toNode(route: Route): RouteNode {
  const node: RouteNode = {
    ...optionsOf(route),
    ...timingsOf(route),
    contact: route.contacts[0],
    matchers: route.matchers,
    continues: route.continues,
    routes: [],
  };
  if (route.contacts.length < 2) return node;
  return {
    ...node,
    mute: [],
    active: [],
    routes: toChildren(route.contacts, { ...LEAF, ...timingsOf(route) }),
  };
}

/** One contact each; the last does not go on, so that the list ends with it. */
function toChildren(
  contacts: readonly string[],
  base: Omit<RouteNode, "contact" | "matchers">,
): readonly RouteNode[] {
  return contacts.map((contact, index) => ({
    ...base,
    contact,
    matchers: [],
    continues: index < contacts.length - 1,
  }));
}

function optionsOf(route: Route): Partial<RouteNode> {
  return {
    ...(route.groupBy && { groupBy: route.groupBy }),
    ...(route.groupWaitMillis !== undefined && { groupWaitMillis: route.groupWaitMillis }),
    ...(route.groupIntervalMillis !== undefined && {
      groupIntervalMillis: route.groupIntervalMillis,
    }),
    ...(route.repeatIntervalMillis !== undefined && {
      repeatIntervalMillis: route.repeatIntervalMillis,
    }),
  };
}

function timingsOf({ mute, active }: Route): Pick<RouteNode, "mute" | "active"> {
  return { mute, active };
}

/** Labels that the tree reads, on top of the rule's own. */
export function withRouteLabels(rule: AlertRule, project: string): AlertRule {
  const named = rule.contacts.length > 0 && { [ALERT_LABEL.tell]: tellLabel(rule.contacts) };
  return { ...rule, labels: { ...rule.labels, ...named, [ALERT_LABEL.project]: project } };
}
