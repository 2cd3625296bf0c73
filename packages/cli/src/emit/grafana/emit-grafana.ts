import type { Model } from "../../compile/model.ts";
import type { Resource } from "../../plan/resource.ts";
import { emitDashboard } from "./dashboards.ts";
import { emitFolders, type GrafanaTarget } from "./folders.ts";
import { emitNotifications } from "./notifications.ts";
import { emitRecord } from "./records.ts";
import { emitRule } from "./rules.ts";

/**
 * What a Grafana is to hold, in the shape of its HTTP API, secrets as references, in the order in
 * which it is created. Nothing for a model whose target is no Grafana. Bodies, without what the
 * server adds (id, orgID, updated, provenance, version):
 *
 * | kind | id | body |
 * |---|---|---|
 * | folder | uid | `{title, parentUid?}`; parents first |
 * | datasource | uid | `{name, type, url, access, jsonData, ...}` |
 * | template | name | `{template}` |
 * | mute-timing | name | `{time_intervals}` |
 * | contact-point | uid of the integration | `{name, type, settings, disableResolveMessage}`; one each integration |
 * | policy | the project | `{routes: [...]}`: what becomes the first children of the root; each matches `sightline_project` |
 * | rule, record | uid | `{title, folderUID, ruleGroup, interval, condition, data, for, ...}`; interval in seconds, of the group |
 * | dashboard | uid | `{folderUid, dashboard}`: classic JSON without id and version |
 */
export function emitGrafana(model: Model): readonly Resource[] {
  const target = grafanaTarget(model);
  if (!target) return [];
  const isNamed = new Set(model.grafanaObjects.map(({ kind, id }) => `${kind} ${id}`));
  const folders = emitFolders(model, target);
  return [
    ...folders.filter(({ id }) => !isNamed.has(`folder ${id}`)),
    ...model.grafanaObjects,
    ...emitNotifications(model),
    ...model.rules.map((rule) => emitRule(rule, model, target)),
    ...model.records.map((record) => emitRecord(record, model, target)),
    ...model.dashboards.map((file) => emitDashboard(file, model, target)),
  ];
}

function grafanaTarget({ target }: Model): GrafanaTarget | undefined {
  return target.kind === "grafana" ? target : undefined;
}
