import { alertingError, badRequestData } from "./answer.ts";
import { booleanOf, isObject, objectBody, sortedKeys, textMapOf, textOf, textsOf } from "./body.ts";
import { durationField } from "./go-duration.ts";
import type { GrafanaState, JsonObject, Provenance, StoredRule } from "./state.ts";

export function newRule(
  state: GrafanaState,
  uid: string,
  given: JsonObject,
  fields: JsonObject,
  of: { readonly intervalSeconds: number; readonly index: number; readonly provenance: Provenance },
): StoredRule {
  return {
    ...of,
    id: state.nextId(),
    uid,
    folderUID: textOf(given, "folderUID"),
    ruleGroup: textOf(given, "ruleGroup"),
    title: textOf(given, "title"),
    fields,
    updated: state.now(),
    state: "inactive",
    health: "ok",
    lastError: undefined,
  };
}

export function readFields(state: GrafanaState, given: JsonObject): JsonObject {
  const data = given["data"] ?? [];
  if (!Array.isArray(data)) throw badRequestData();
  const { profile } = state;
  // RoutePostAlertRule of 11.2 and later without the toggle; 11.0 drops the field.
  if (isObject(given["record"]) && !profile.hasRecordRules && profile.createsRulesInGroup) {
    throw alertingError(
      400,
      "invalid alert rule: recording rules cannot be created on this instance",
    );
  }
  return {
    condition: textOf(given, "condition"),
    data: data.map(readStep),
    noDataState: textOf(given, "noDataState"),
    execErrState: textOf(given, "execErrState"),
    for: durationField(given["for"]) ?? "0s",
    annotations: textMapOf(given, "annotations"),
    labels: textMapOf(given, "labels"),
    isPaused: booleanOf(given, "isPaused"),
    notification_settings: readSettings(given["notification_settings"]),
    // An older server drops a newer field without a word.
    ...(profile.hasKeepFiring && {
      keep_firing_for: durationField(given["keep_firing_for"]) ?? "0s",
    }),
    ...(profile.hasKeepFiring && {
      missingSeriesEvalsToResolve: given["missingSeriesEvalsToResolve"] ?? null,
    }),
    ...(profile.hasRecordRules && isObject(given["record"]) && { record: given["record"] }),
  };
}

/** models/alert_query.go: the model gets intervalMs and maxDataPoints, and comes back as a sorted map. */
function readStep(step: unknown): JsonObject {
  const given = objectBody(step);
  const range = given["relativeTimeRange"] ?? {};
  if (!isObject(range)) throw badRequestData();
  const model = given["model"] ?? {};
  if (!isObject(model)) throw badRequestData();
  return {
    refId: textOf(given, "refId"),
    queryType: textOf(given, "queryType"),
    relativeTimeRange: { from: seconds(range["from"]), to: seconds(range["to"]) },
    datasourceUid: textOf(given, "datasourceUid"),
    model: sortedKeys({ intervalMs: 1000, maxDataPoints: 43_200, ...model }),
  };
}

function seconds(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== "number") throw badRequestData();
  return value;
}

function readSettings(value: unknown): JsonObject | null {
  if (value === undefined || value === null) return null;
  const given = objectBody(value);
  const settings: JsonObject = { receiver: textOf(given, "receiver") };
  for (const key of ["group_by", "mute_time_intervals", "active_time_intervals"]) {
    const texts = textsOf(given, key);
    if (texts) settings[key] = texts;
  }
  for (const key of ["group_wait", "group_interval", "repeat_interval"]) {
    const duration = durationField(given[key]);
    if (duration !== undefined) settings[key] = duration;
  }
  return settings;
}
