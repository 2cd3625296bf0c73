import type { Json } from "../../plan/resource.ts";
import { at, type Body, list, nonEmpty, object, omit, textOf, without } from "./canonical-json.ts";
import { routeTimes } from "./canonical-policy.ts";
import { canonicalDuration } from "./duration-text.ts";

/** What the server adds to a rule. */
const RULE_SERVER_KEYS = ["id", "uid", "orgID", "updated", "provenance", "version", "guid"];

export function canonicalRule(body: Body): Body {
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

export function canonicalRecord(body: Body): Body {
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
