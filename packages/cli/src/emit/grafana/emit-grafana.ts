import type { Model } from "../../compile/model.ts";
import type { Resource } from "../../plan/resource.ts";
import type { Artefact } from "../artefact.ts";

/**
 * What a Grafana is to hold, in the shape of its HTTP API, secrets as references. Bodies, without
 * what the server adds (id, orgID, updated, provenance, version):
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
export function emitGrafana(_model: Model): readonly Resource[] {
  return [];
}

/** The same as files for its provisioning: `grafana/alerting/*.yaml`, with `$` doubled where Grafana reads it. */
export function emitGrafanaFiles(_model: Model): readonly Artefact[] {
  return [];
}
