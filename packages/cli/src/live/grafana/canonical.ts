import { isSecretMark, type Json, type Resource, type ResourceKind } from "../../plan/resource.ts";
import { canonicalDashboard } from "./canonical-dashboard.ts";
import { canonicalDuration } from "./duration-text.ts";

type Body = { readonly [key: string]: Json };
type Normalise = (body: Body) => Body;

/**
 * The form in which wanted and live objects are compared: what the server adds, orders or spells
 * differently does not count. Each line with its reason; sources are Grafana's own models
 * (pkg/services/ngalert) and what Terraform's provider and the operator had to learn.
 */
const NORMALISE: { readonly [kind in ResourceKind]?: Normalise } = {
  rule: canonicalRule,
  record: canonicalRecord,
  "contact-point": canonicalContactPoint,
  policy: canonicalPolicy,
  "mute-timing": canonicalTiming,
  template: ({ template }) => ({ template: textOf(template).replaceAll("\r\n", "\n").trimEnd() }),
  folder: ({ title, parentUid }) => without({ title: title ?? "", parentUid: parentUid || null }),
  datasource: canonicalDatasource,
  dashboard: canonicalDashboard,
};

export function canonicalGrafana(resource: Resource): Resource {
  const normalise = NORMALISE[resource.kind];
  return normalise ? { ...resource, body: normalise(resource.body) } : resource;
}

/** What the server adds to a rule. */
const RULE_SERVER_KEYS = ["id", "uid", "orgID", "updated", "provenance", "version", "guid"];

function canonicalRule(body: Body): Body {
  const rest = omit(body, [...RULE_SERVER_KEYS, "data", "for", "keep_firing_for"]);
  const missing = body["missingSeriesEvalsToResolve"];
  return without({
    ...rest,
    // By refId: the server keeps the order, but nothing depends on it.
    data: Object.fromEntries(
      list(body["data"]).map((step) => [textOf(at(step, "refId")), query(step)]),
    ),
    // 4d, 96h and 345600s are one duration; 0s is none.
    for: canonicalDuration(body["for"]),
    keep_firing_for: canonicalDuration(body["keep_firing_for"]),
    // Null and -1 are the server's "not set".
    missingSeriesEvalsToResolve: missing === -1 ? null : (missing ?? null),
    isPaused: body["isPaused"] || null,
    labels: nonEmpty(body["labels"]),
    annotations: nonEmpty(body["annotations"]),
    // Empty means these in the API: pkg/services/ngalert/models/alert_rule.go.
    noDataState: body["noDataState"] || "NoData",
    execErrState: body["execErrState"] || "Alerting",
    notification_settings: notificationSettings(body["notification_settings"]),
  });
}

/** What only an alert has; the server fills these in, each version in its own way. */
const ALERT_KEYS = ["condition", "noDataState", "execErrState", "for", "keep_firing_for"];

function canonicalRecord(body: Body): Body {
  return omit(canonicalRule(body), [...ALERT_KEYS, "notification_settings"]);
}

/** Injected by the server or by its pages where absent: pkg/services/ngalert/models/alert_query.go. */
const MODEL_DEFAULTS: Readonly<Record<string, Json>> = {
  intervalMs: 1000,
  maxDataPoints: 43_200,
  hide: false,
  legendFormat: "__auto",
};
/** Of the editor; repeats of what stands beside the model. */
const MODEL_ECHOES = ["datasource", "editorMode", "refId", "adhocFilters"];

function query(step: Json): Json {
  const model = object(at(step, "model"));
  const kept = Object.entries(model).filter(
    ([key, value]) => !MODEL_ECHOES.includes(key) && MODEL_DEFAULTS[key] !== value,
  );
  const uid = textOf(at(step, "datasourceUid"));
  const range = object(at(step, "relativeTimeRange"));
  return without({
    // Old spelling of the expression engine.
    datasourceUid: uid === "-100" ? "__expr__" : uid,
    queryType: at(step, "queryType") || model["queryType"] || null,
    from: range["from"] || null,
    to: range["to"] || null,
    model: without(Object.fromEntries(kept.filter(([key]) => key !== "queryType"))),
  });
}

function notificationSettings(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  return routeTimes(object(value));
}

/** Settings that the server keeps as text, whatever was sent. */
function canonicalContactPoint(body: Body): Body {
  const settings = mapValues(object(body["settings"]), (value) =>
    typeof value === "number" || typeof value === "boolean" ? String(value) : value,
  );
  return without({
    name: body["name"] ?? "",
    type: body["type"] ?? "",
    settings: emptyGone(settings),
    disableResolveMessage: body["disableResolveMessage"] || null,
  });
}

function canonicalPolicy(body: Body): Body {
  return without({
    routes: list(body["routes"]).map((route) => canonicalRoute(object(route))),
    position: positionOf(body["othersBefore"]),
  });
}

/** A route of others before ours may take the alerts that are for us. */
function positionOf(othersBefore: Json | undefined): string {
  return othersBefore ? `behind ${othersBefore} of others` : "first";
}

function canonicalRoute(route: Body): Body {
  return without({
    ...routeTimes(omit(route, ["object_matchers", "matchers", "match", "match_re", "provenance"])),
    matchers: matchersOf(route),
    continue: route["continue"] || null,
    routes:
      list(route["routes"]).length > 0
        ? list(route["routes"]).map((child) => canonicalRoute(object(child)))
        : null,
  });
}

/** Three spellings of the same, of which the order does not matter. */
function matchersOf(route: Body): Json {
  const triples = [
    ...list(route["object_matchers"]).map((matcher) => list(matcher).map(textOf)),
    ...Object.entries(object(route["match"])).map(([name, value]) => [name, "=", textOf(value)]),
    ...Object.entries(object(route["match_re"])).map(([name, value]) => [
      name,
      "=~",
      textOf(value),
    ]),
    ...list(route["matchers"]).map((text) => [textOf(text)]),
  ];
  return triples.map((triple) => triple.join(" ")).sort();
}

function routeTimes(settings: Body): Body {
  const times = ["group_wait", "group_interval", "repeat_interval"];
  return without({
    ...omit(settings, times),
    ...Object.fromEntries(times.map((key) => [key, canonicalDuration(settings[key])])),
    // Shown in this order, grouped by the set.
    group_by: sortedOrNull(settings["group_by"]),
    mute_time_intervals: sortedOrNull(settings["mute_time_intervals"]),
    active_time_intervals: sortedOrNull(settings["active_time_intervals"]),
  });
}

function sortedOrNull(value: Json | undefined): Json {
  const names = list(value).map(textOf).sort();
  return names.length > 0 ? names : null;
}

function canonicalTiming(body: Body): Body {
  return {
    time_intervals: list(body["time_intervals"]).map((interval) => {
      const { location, ...rest } = object(interval);
      return without({
        ...mapValues(rest, (value) => lowerCase(value)),
        location: location === "UTC" ? null : (location ?? null),
      });
    }),
  };
}

/** Names of days and months are read in any case. Numbers of days are texts at the server. */
function lowerCase(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(lowerCase);
  if (typeof value === "string") return value.toLowerCase();
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return value;
  return mapValues(value as Body, lowerCase);
}

const DATASOURCE_SERVER_KEYS = [
  "id",
  "uid",
  "orgId",
  "typeLogoUrl",
  "typeName",
  "readOnly",
  "version",
  "apiVersion",
  "accessControl",
  "secureJsonFields",
  "withCredentials",
];

function canonicalDatasource(body: Body): Body {
  return emptyGone(omit(body, DATASOURCE_SERVER_KEYS)) as Body;
}

function omit(body: Body, keys: readonly string[]): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));
}

/** Null is the same as absent. */
function without(body: Body): Body {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null && value !== undefined),
  );
}

function emptyGone(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isSecretMark(value)) {
    return value;
  }
  const entries = Object.entries(value)
    .map(([key, part]) => [key, emptyGone(part)] as const)
    .filter(([, part]) => !isNothing(part));
  return Object.fromEntries(entries);
}

function isNothing(value: Json): boolean {
  if (value === null || value === "" || value === false) return true;
  if (isSecretMark(value) || typeof value !== "object") return false;
  return Object.keys(value).length === 0;
}

function nonEmpty(value: Json | undefined): Json {
  const map = object(value);
  return Object.keys(map).length > 0 ? map : null;
}

function mapValues(body: Body, change: (value: Json) => Json): Body {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, change(value)]));
}

function object(value: Json | undefined): Body {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Body)
    : {};
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function at(value: Json, key: string): Json {
  return object(value)[key] ?? null;
}

function textOf(value: Json | undefined): string {
  return typeof value === "string"
    ? value
    : value === undefined || value === null
      ? ""
      : String(value);
}
