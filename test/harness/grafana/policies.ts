import { changeConfig } from "./alertmanager-config.ts";
import { type Answer, alertingError, badRequestData, hiddenError } from "./answer.ts";
import { booleanOf, isObject, objectBody, textOf, textsOf, unspecified } from "./body.ts";
import { durationField, parseGoDuration } from "./go-duration.ts";
import type { Call, Route } from "./route.ts";
import { DEFAULT_RECEIVER, defaultRoute, type GrafanaState, type JsonObject } from "./state.ts";

const PATH = "/api/v1/provisioning/policies";
const READ = [
  "alert.provisioning:read",
  "alert.provisioning.secrets:read",
  "alert.notifications:read",
];
const WRITE = ["alert.provisioning:write", "alert.notifications:write"];
const SOURCE =
  "pkg/services/ngalert/provisioning/notification_policies.go; seen on 10.4.3 and 11.0.0";
const FIELDS = [
  ...["receiver", "group_by", "object_matchers", "matchers", "match", "match_re"],
  ...["mute_time_intervals", "active_time_intervals", "continue", "routes"],
  ...["group_wait", "group_interval", "repeat_interval", "provenance"],
];

export const policyRoutes: readonly Route[] = [
  { method: "GET", path: PATH, actions: READ, source: SOURCE, handle: readPolicies },
  {
    method: "PUT",
    path: PATH,
    actions: WRITE,
    fields: FIELDS,
    source: SOURCE,
    handle: replacePolicies,
  },
  { method: "DELETE", path: PATH, actions: WRITE, source: SOURCE, handle: resetPolicies },
  {
    method: "GET",
    path: "/api/alertmanager/grafana/api/v2/status",
    actions: ["alert.notifications:read"],
    source: "pkg/services/ngalert/api/api_alertmanager.go, RouteGetAMStatus; seen on 11.0.0",
    handle: readStatus,
  },
];

/** What Alertmanager runs with. Grafana is up to a minute late with it, this one never. */
function readStatus({ state }: Call): Answer {
  return { status: 200, body: { config: { route: state.alertmanager.route } } };
}

function readPolicies({ state }: Call): Answer {
  const { route, routeProvenance } = state.alertmanager;
  return {
    status: 200,
    body: { ...route, ...(routeProvenance !== "" && { provenance: routeProvenance }) },
  };
}

/** The whole tree, whoever wrote its parts. */
function replacePolicies(call: Call): Promise<Answer> {
  const { state, provenance } = call;
  const given = objectBody(call.body);
  const route = readRoute(state, given, true);
  if (route["receiver"] === undefined) throw badRequestData();
  return changeConfig(call, (config) => {
    checkReceivers(state, route);
    if (booleanOf(given, "continue")) {
      throw alertingError(
        500,
        "change would result in an invalid configuration state: cannot have continue in root route",
      );
    }
    // Files alone hold their tree: until 13 anything else passes to whoever writes (seen on both).
    if (config.routeProvenance === "file" && provenance !== "file") {
      throw hiddenError(state.profile, `cannot change provenance from 'file' to '${provenance}'`);
    }
    config.route = route;
    config.routeProvenance = provenance;
    return { answer: { status: 202, body: { message: "policies updated" } } };
  });
}

function resetPolicies(call: Call): Promise<Answer> {
  return changeConfig(call, (config) => {
    config.route = defaultRoute();
    config.routeProvenance = "";
    return { answer: { status: 202, body: defaultRoute() } };
  });
}

const OPERATORS = ["=", "!=", "=~", "!~"];

/** definitions.Route.UnmarshalJSON and Validate: order of the fields as it comes back. */
function readRoute(state: GrafanaState, given: JsonObject, isRoot: boolean): JsonObject {
  for (const key of Object.keys(given)) {
    if (!FIELDS.includes(key)) throw unspecified(`the field ${key} of a notification policy`);
  }
  const groupBy = textsOf(given, "group_by");
  if (groupBy && new Set(groupBy).size !== groupBy.length) throw badRequestData();
  if (groupBy && groupBy.length > 1 && groupBy.includes("...")) throw badRequestData();
  const receiver = textOf(given, "receiver");
  if (isRoot && receiver === "") throw badRequestData();
  const active = state.profile.hasActiveTimings
    ? textsOf(given, "active_time_intervals")
    : undefined;
  const routes = given["routes"] ?? [];
  if (!Array.isArray(routes)) throw badRequestData();
  const matchers = textsOf(given, "matchers");
  const durations = ["group_wait", "group_interval", "repeat_interval"].flatMap((key) => {
    const value = durationField(given[key]);
    // Alertmanager's own rules: intervals of nothing are refused.
    if (value !== undefined && key !== "group_wait" && parseGoDuration(value) === 0)
      throw badRequestData();
    return value === undefined ? [] : [[key, value] as const];
  });
  const mute = textsOf(given, "mute_time_intervals");
  return {
    ...(receiver !== "" && { receiver }),
    ...(groupBy && groupBy.length > 0 && { group_by: groupBy }),
    ...(isObject(given["match"]) && { match: given["match"] }),
    ...(isObject(given["match_re"]) && { match_re: given["match_re"] }),
    ...(matchers && matchers.length > 0 && { matchers: matchers.map(quoteMatcher) }),
    ...objectMatchers(given["object_matchers"]),
    ...(mute && mute.length > 0 && { mute_time_intervals: mute }),
    ...(active && active.length > 0 && { active_time_intervals: active }),
    ...(booleanOf(given, "continue") && { continue: true }),
    ...(routes.length > 0 && {
      routes: routes.map((route) => readRoute(state, objectBody(route), false)),
    }),
    ...Object.fromEntries(durations),
  };
}

/** They come back sorted by name, operator and value (definitions.ObjectMatchers is a sorted set). */
function objectMatchers(value: unknown): JsonObject {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) throw badRequestData();
  for (const matcher of value) {
    const isTriple =
      Array.isArray(matcher) &&
      matcher.length === 3 &&
      matcher.every((part) => typeof part === "string");
    if (!isTriple || !OPERATORS.includes((matcher as string[])[1] ?? "")) throw badRequestData();
    if (matcher[0] === "") throw badRequestData();
  }
  const sorted = (value as [string, string, string][]).toSorted((left, right) =>
    left.join("\u0000") < right.join("\u0000") ? -1 : 1,
  );
  return sorted.length > 0 ? { object_matchers: sorted } : {};
}

function quoteMatcher(text: string): string {
  const [, name, operator, value] = /^\s*([^=!~\s]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/.exec(text) ?? [];
  if (name === undefined || operator === undefined || value === undefined) throw badRequestData();
  const isQuoted = value.startsWith('"') && value.endsWith('"') && value.length > 1;
  return `${name}${operator}${isQuoted ? value : JSON.stringify(value)}`;
}

function checkReceivers(state: GrafanaState, route: JsonObject): void {
  const { integrations, timings } = state.alertmanager;
  const receivers = new Set([DEFAULT_RECEIVER, ...integrations.map(({ name }) => name)]);
  const visit = (node: JsonObject): void => {
    const receiver = node["receiver"];
    if (typeof receiver === "string" && !receivers.has(receiver)) {
      throw alertingError(
        400,
        `invalid object specification: receiver '${receiver}' does not exist`,
      );
    }
    for (const key of ["mute_time_intervals", "active_time_intervals"]) {
      for (const name of (node[key] as string[] | undefined) ?? []) {
        if (!timings.some((timing) => timing.name === name)) {
          throw alertingError(
            400,
            `invalid object specification: mute time interval '${name}' does not exist`,
          );
        }
      }
    }
    for (const child of (node["routes"] as JsonObject[] | undefined) ?? []) visit(child);
  };
  visit(route);
}

/** Whether any part of the tree names it. */
export function routeUses(route: JsonObject, key: string, name: string): boolean {
  const value = route[key];
  if (value === name || (Array.isArray(value) && value.includes(name))) return true;
  return ((route["routes"] as JsonObject[] | undefined) ?? []).some((child) =>
    routeUses(child, key, name),
  );
}
