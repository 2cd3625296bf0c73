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
        ...json,
        uid: file.uid,
        title: file.title,
        tags: tags.includes(tag) ? tags : [...tags, tag],
      },
    },
    owner: "ours",
    place: file.place,
  };
}

function asItIs(
  { uid, title, place }: DashboardFile,
  dashboard: Record<string, Json>,
  folderUid: string | undefined,
): Resource {
  const body = { dashboard: { ...dashboard, uid }, ...(folderUid !== undefined && { folderUid }) };
  return { kind: "dashboard", id: uid, title, body, owner: "ours", isNamed: true, place };
}
