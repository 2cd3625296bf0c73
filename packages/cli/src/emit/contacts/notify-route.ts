import { ALERT_LABEL } from "@sightline/core";
import type { Matcher } from "../../compile/model.ts";
import { formatMatcher } from "../../compile/routes/matchers.ts";
import type { Json } from "../../plan/resource.ts";
import type { JsonObject } from "./place-settings.ts";
import { NOBODY } from "./receivers.ts";

const PREFIX = "sightline-notify: ";

/** Receiver of the message of `sightline notify`: the contact's, without the message of the end. */
export function notifyReceiverName(contact: string): string {
  return `${PREFIX}${contact}`;
}

/** Not a contact of anybody, but the way by which one is tested. */
export function isNotifyReceiver(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Finds the branch again in a configuration that was read. */
const MARK = formatMatcher({ label: ALERT_LABEL.notify, operator: "!=", value: "" });

/**
 * A configuration of Alertmanager with what `sightline notify` needs: for each contact a second receiver
 * of the same ways, which never tells the end, and a branch on top that leads to them. It follows from
 * the contacts, so that plans need not show it.
 */
export function withNotifyRoutes(config: JsonObject): JsonObject {
  const contacts = objectsOf(config["receivers"]).filter(({ name }) => name !== NOBODY);
  if (contacts.length === 0) return config;
  const route = (config["route"] ?? {}) as JsonObject;
  return {
    ...config,
    route: { ...route, routes: [notifyBranch(contacts), ...objectsOf(route["routes"])] },
    receivers: [...objectsOf(config["receivers"]), ...contacts.map(toNotifyReceiver)],
  };
}

/** The configuration without that. */
export function withoutNotifyRoutes(config: JsonObject): JsonObject {
  const isMarked = ({ matchers }: JsonObject) => Array.isArray(matchers) && matchers[0] === MARK;
  const route = config["route"] as JsonObject | undefined;
  const routes = objectsOf(route?.["routes"]).filter((child) => !isMarked(child));
  const receivers = objectsOf(config["receivers"]).filter(
    ({ name }) => !isNotifyReceiver(String(name)),
  );
  return {
    ...config,
    ...(route !== undefined && "routes" in route && { route: { ...route, routes } }),
    ...("receivers" in config && { receivers }),
  };
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return (value ?? []) as readonly JsonObject[];
}

/** A test message must not be followed by "resolved" minutes later. */
function toNotifyReceiver({ name, ...lists }: JsonObject): JsonObject {
  const quiet = Object.entries(lists).map(([list, configs]) => [
    list,
    objectsOf(configs).map((config) => ({ ...config, send_resolved: false })),
  ]);
  return { name: notifyReceiverName(String(name)), ...Object.fromEntries(quiet) };
}

/** Each test is a group of its own, sent at once; a failing one is tried for ten seconds (Alertmanager's least). */
function notifyBranch(contacts: readonly JsonObject[]): JsonObject {
  const routeTo = (receiver: string, matchers: readonly Matcher[]): JsonObject => ({
    receiver,
    matchers: matchers.map(formatMatcher),
  });
  const leaves = contacts.flatMap(({ name }) => {
    const contact = String(name);
    const isIt: Matcher = { label: ALERT_LABEL.notify, operator: "=", value: contact };
    const withEnd: Matcher = { label: ALERT_LABEL.notifyEnd, operator: "=", value: "true" };
    return [routeTo(contact, [isIt, withEnd]), routeTo(notifyReceiverName(contact), [isIt])];
  });
  return {
    receiver: NOBODY,
    matchers: [MARK],
    group_by: ["..."],
    group_wait: "0s",
    group_interval: "1s",
    repeat_interval: "1h",
    routes: leaves,
  };
}
