import type { Json, Resource } from "../../plan/resource.ts";
import { goDuration } from "../go-duration.ts";
import { keepDollars, toFileValue } from "./dollar.ts";
import type { FilesManifest } from "./files-manifest.ts";

type Body = { readonly [key: string]: Json };
const ORG = { orgId: 1 } as const;

/**
 * `groups` of a provisioning file. Annotations and the models of queries stand as they are: Grafana
 * takes their raw text (pkg/services/provisioning/alerting/rules_types.go).
 */
export function fileGroups(rules: readonly Resource[], folderPath: (uid: string) => string): Json {
  const groups = new Map<string, { readonly head: Body; readonly rules: Json[] }>();
  for (const rule of rules) {
    const { folderUID, ruleGroup, interval } = rule.body;
    const folder = folderPath(String(folderUID));
    const key = JSON.stringify([folder, ruleGroup, interval]);
    const head: Body = {
      ...ORG,
      name: keepDollars(String(ruleGroup)),
      folder: keepDollars(folder),
      interval: goDuration(Number(interval) * 1000),
    };
    const group = groups.get(key) ?? { head, rules: [] };
    group.rules.push(fileRule(rule));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ head, rules: list }) => ({ ...head, rules: list }));
}

/** Other words than the API's, and the same things. */
function fileRule({ id, body }: Resource): Json {
  const { annotations, labels, record, keep_firing_for: keepFiringFor } = body;
  const settings = body["notification_settings"];
  const missing = body["missingSeriesEvalsToResolve"];
  return {
    uid: id,
    title: keepDollars(String(body["title"])),
    ...present("condition", body["condition"]),
    data: ((body["data"] ?? []) as readonly Body[]).map(fileStep),
    ...present("noDataState", body["noDataState"]),
    ...present("execErrState", body["execErrState"]),
    ...present("for", body["for"]),
    ...present("keepFiringFor", keepFiringFor),
    ...present("missing_series_evals_to_resolve", missing),
    ...present("annotations", annotations),
    ...present("labels", labels === undefined ? undefined : toFileValue(labels)),
    ...present("isPaused", body["isPaused"]),
    ...present("notification_settings", settings ? toFileValue(settings) : undefined),
    ...present("record", record ? fileRecord(record as Body) : undefined),
  };
}

function fileStep(step: Body): Json {
  return {
    refId: step["refId"] ?? "",
    ...(step["queryType"] ? { queryType: step["queryType"] } : {}),
    ...present("relativeTimeRange", step["relativeTimeRange"]),
    datasourceUid: keepDollars(String(step["datasourceUid"])),
    model: step["model"] ?? {},
  };
}

function fileRecord({ target_datasource_uid: target, ...record }: Body): Body {
  return toFileValue({ ...record, ...present("targetDatasourceUid", target) }) as Body;
}

function present(key: string, value: Json | undefined): Body {
  return value === undefined || value === null ? {} : { [key]: value };
}

/** One entry a contact point, with all its ways. */
export function fileContactPoints(points: readonly Resource[]): Json {
  const byName = new Map<string, Json[]>();
  for (const { id, title, body } of points) {
    const receivers = byName.get(title) ?? [];
    receivers.push({
      uid: id,
      type: body["type"] ?? "",
      settings: toFileValue(body["settings"] ?? {}),
      ...(body["disableResolveMessage"] === true && { disableResolveMessage: true }),
    });
    byName.set(title, receivers);
  }
  return [...byName].map(([name, receivers]) => ({ ...ORG, name: keepDollars(name), receivers }));
}

/**
 * A file holds the whole tree of the organisation: others' routes are replaced by it. The root tells
 * whom our own routes tell at last.
 */
export function filePolicies(policies: readonly Resource[]): Json {
  const routes = policies.flatMap(({ body }) => (body["routes"] ?? []) as readonly Body[]);
  const receiver = routes[0]?.["receiver"];
  if (receiver === undefined) return [];
  const tree = { receiver, group_by: ["grafana_folder", "alertname"], routes };
  return [{ ...ORG, ...(toFileValue(tree) as Body) }];
}

/** Neither names nor texts are read for `$` in these two. */
export function fileTimings(timings: readonly Resource[]): Json {
  return timings.map(({ id, body }) => ({ ...ORG, name: id, ...body }));
}

export function fileTemplates(templates: readonly Resource[]): Json {
  return templates.map(({ id, body }) => ({ ...ORG, name: id, ...body }));
}

export function fileRemovals(manifest: FilesManifest): Body {
  const byUid = (ids: readonly string[]): Json => ids.map((uid) => ({ ...ORG, uid }));
  const byName = (ids: readonly string[]): Json =>
    ids.map((name) => ({ ...ORG, name: keepDollars(name) }));
  return {
    ...listed("deleteRules", byUid(manifest.rule.removed)),
    ...listed("deleteContactPoints", byUid(manifest["contact-point"].removed)),
    ...listed("deleteMuteTimes", byName(manifest["mute-timing"].removed)),
    ...listed("deleteTemplates", byName(manifest.template.removed)),
  };
}

/** Left out where it is empty. */
export function listed(key: string, value: Json): Body {
  return Array.isArray(value) && value.length > 0 ? { [key]: value } : {};
}
