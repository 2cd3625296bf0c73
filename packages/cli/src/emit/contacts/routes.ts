import { ALERT_LABEL } from "@sightline/core";
import type { Matcher, Model, MuteTiming } from "../../compile/model.ts";
import { formatMatcher } from "../../compile/routes/matchers.ts";
import { buildRouteTree, type RouteNode } from "../../compile/routes/route-tree.ts";
import type { Json } from "../../plan/resource.ts";
import { goDuration } from "../go-duration.ts";
import type { JsonObject } from "./place-settings.ts";
import { NOBODY } from "./receivers.ts";

/** `route` of alertmanager.yml. */
export function emitAlertmanagerRoute(model: Model): JsonObject {
  return toAlertmanager(buildRouteTree(model));
}

function toAlertmanager(node: RouteNode): JsonObject {
  return {
    ...(node.contact !== undefined && { receiver: node.contact ?? NOBODY }),
    ...(node.matchers.length > 0 && { matchers: node.matchers.map(formatMatcher) }),
    ...optionsOf(node),
    ...(node.continues && { continue: true }),
    ...(node.mute.length > 0 && { mute_time_intervals: node.mute }),
    ...(node.active.length > 0 && { active_time_intervals: node.active }),
    ...(node.routes.length > 0 && {
      routes: node.routes.map(toAlertmanager),
    }),
  };
}

function optionsOf(node: RouteNode): JsonObject {
  const durations = {
    group_wait: node.groupWaitMillis,
    group_interval: node.groupIntervalMillis,
    repeat_interval: node.repeatIntervalMillis,
  };
  const given = Object.entries(durations).filter(
    (it): it is [string, number] => it[1] !== undefined,
  );
  return {
    ...(node.groupBy && { group_by: node.groupBy }),
    ...Object.fromEntries(given.map(([name, millis]) => [name, goDuration(millis)])),
  };
}

/** `time_intervals` of alertmanager.yml, and `time_intervals` of Grafana's mute timings by name. */
export function emitTimeIntervals(timings: readonly MuteTiming[]): readonly JsonObject[] {
  return timings.map(({ name, intervals }) => ({
    name,
    time_intervals: intervals.map((interval) => ({
      ...(interval.times.length > 0 && {
        times: interval.times.map(({ start, end }) => ({ start_time: start, end_time: end })),
      }),
      ...(interval.weekdays.length > 0 && { weekdays: interval.weekdays }),
      ...(interval.daysOfMonth.length > 0 && { days_of_month: interval.daysOfMonth }),
      ...(interval.months.length > 0 && { months: interval.months }),
      ...(interval.years.length > 0 && { years: interval.years }),
      ...(interval.location !== undefined && { location: interval.location }),
    })),
  }));
}

/** `inhibit_rules` of alertmanager.yml. Grafana has them from 13 on, by another API. */
export function emitInhibitRules({ inhibitions }: Model): readonly JsonObject[] {
  return inhibitions.map(({ source, target, equal }) => ({
    source_matchers: source.map(formatMatcher),
    target_matchers: target.map(formatMatcher),
    equal,
  }));
}

/** Holds always: Grafana has no receiver that does nothing. */
export const ALWAYS_MUTED = "sightline-never";

export interface GrafanaPolicy {
  /** Our subtree, to stand among the routes of the root. */
  readonly route: { readonly [key: string]: Json };
  /** Mute timings that it needs beside the model's own. */
  readonly muteTimings: readonly MuteTiming[];
}

/**
 * Our part of Grafana's one tree: what carries this project's label. Undefined without contacts:
 * then the root of the Grafana decides.
 */
export function emitGrafanaPolicy(model: Model): GrafanaPolicy | undefined {
  const [first] = model.contacts;
  if (first === undefined) return undefined;
  const tree = buildRouteTree(model);
  const fallback = model.defaultContact ?? first.name;
  const ours: Matcher = { label: ALERT_LABEL.project, operator: "=", value: model.project };
  const route = toGrafana({ ...tree, contact: fallback, matchers: [ours] }, fallback);
  const needsNever = JSON.stringify(route).includes(JSON.stringify(ALWAYS_MUTED));
  return { route, muteTimings: needsNever ? [alwaysMuted()] : [] };
}

function alwaysMuted(): MuteTiming {
  const always = {
    times: [{ start: "00:00", end: "24:00" }],
    weekdays: [],
    daysOfMonth: [],
    months: [],
    years: [],
    location: undefined,
  };
  return { name: ALWAYS_MUTED, intervals: [always], place: undefined };
}

function toGrafana(node: RouteNode, fallback: string): JsonObject {
  const mute = node.contact === null ? [ALWAYS_MUTED] : node.mute;
  const receiver = node.contact === null ? fallback : node.contact;
  return {
    ...(receiver !== undefined && { receiver }),
    ...(node.matchers.length > 0 && {
      object_matchers: node.matchers.map(({ label, operator, value }) => [label, operator, value]),
    }),
    ...optionsOf(node),
    ...(node.continues && { continue: true }),
    ...(mute.length > 0 && { mute_time_intervals: mute }),
    ...(node.active.length > 0 && { active_time_intervals: node.active }),
    ...(node.routes.length > 0 && {
      routes: node.routes.map((child) => toGrafana(child, fallback)),
    }),
  };
}
