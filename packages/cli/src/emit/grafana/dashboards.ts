import { GRAFANA_UID } from "@sightline/core";
import type { DashboardFile, Model } from "../../compile/model.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import { folderTitles, folderUid, type GrafanaTarget } from "./folders.ts";

/** Marks a dashboard as this project's: classic dashboards have no labels, so it is a tag. */
export function projectTag(project: string): string {
  return `sightline:${project}`;
}

/** As `POST /api/dashboards/db` takes it, without what the server counts itself. */
export function emitDashboard(file: DashboardFile, model: Model, target: GrafanaTarget): Resource {
  const { id: _id, version: _version, ...json } = file.json as Record<string, Json>;
  if (file.asIs) return asItIs(file, json, file.asIs.folderUid);
  const tags = Array.isArray(json["tags"]) ? (json["tags"] as readonly Json[]) : [];
  const tag = projectTag(model.project);
  return {
    kind: "dashboard",
    id: file.uid,
    title: file.title,
    body: {
      folderUid: folderUid(folderTitles(target.folder)),
      dashboard: {
        ...(atDatasources(json, target.datasources) as typeof json),
        uid: file.uid,
        title: file.title,
        tags: tags.includes(tag) ? tags : [...tags, tag],
      },
    },
    owner: "ours",
    place: file.place,
  };
}

/** Dashboards name the data sources of our own stack; in a Grafana of others they have other uids. */
function atDatasources(value: Json, datasources: GrafanaTarget["datasources"]): Json {
  if (Array.isArray(value)) return value.map((part) => atDatasources(part, datasources));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      isDatasource(key, part)
        ? { ...part, uid: uidAt(part.uid, datasources) }
        : atDatasources(part, datasources),
    ]),
  );
}

function isDatasource(key: string, value: Json): value is { readonly uid: string } {
  if (key !== "datasource" || typeof value !== "object" || value === null) return false;
  return "uid" in value && typeof value["uid"] === "string";
}

function uidAt(uid: string, datasources: GrafanaTarget["datasources"]): string {
  const ours = (["prometheus", "loki", "tempo"] as const).find((name) => GRAFANA_UID[name] === uid);
  return ours === undefined ? uid : datasources[ours];
}

function asItIs(
  { uid, title, place }: DashboardFile,
  dashboard: Record<string, Json>,
  folderUid: string | undefined,
): Resource {
  const body = { dashboard: { ...dashboard, uid }, ...(folderUid !== undefined && { folderUid }) };
  return { kind: "dashboard", id: uid, title, body, owner: "ours", isNamed: true, place };
}
