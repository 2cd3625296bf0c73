import { ALERT_LABEL } from "@sightline/core";
import type { Json, Resource } from "../../plan/resource.ts";
import { type ApiObject, isObject } from "./api-object.ts";
import { isOfOtherProject, ownerOf } from "./common-objects.ts";
import { manifestName, parseManifest, type RecordedKind } from "./manifest.ts";
import { type Ownership, recordedOwner } from "./ownership.ts";
import { splitTree } from "./policy-tree.ts";
import type { LiveDashboard } from "./read-dashboards.ts";
import { markSecrets, secretName } from "./secret-marks.ts";
import type { Snapshot } from "./snapshot.ts";

/** What is there, in the bodies that `emitGrafana` uses. */
export function toResources(snapshot: Snapshot, ownership: Ownership): readonly Resource[] {
  const { project } = ownership;
  const named = (kind: RecordedKind, id: string): Resource["owner"] =>
    recordedOwner(kind, id, ownership);
  return [
    ...snapshot.folders.map((folder) => toFolder(folder, named)),
    ...snapshot.datasources.map((datasource) => ({
      kind: "datasource" as const,
      id: text(datasource["uid"]),
      title: text(datasource["name"]),
      body: datasource as Resource["body"],
      owner: named("datasource", text(datasource["uid"])),
      ...(datasource["readOnly"] === true && { locked: FILE_LOCK }),
    })),
    ...snapshot.templates
      .filter((template) => !isManifest(template, project))
      .map((template) => toNamed("template", template, named)),
    ...snapshot.muteTimings.map((timing) => toNamed("mute-timing", timing, named)),
    ...snapshot.contactPoints.map((point) => toContactPoint(snapshot, point, ownership)),
    ...toPolicy(snapshot, project),
    ...snapshot.rules.map((rule) => toRule(rule, snapshot, ownership)),
    ...snapshot.dashboards.map((dashboard) => toDashboard(dashboard, ownership)),
  ];
}

function isManifest({ name, template }: ApiObject, project: string): boolean {
  return name === manifestName(project) || parseManifest(text(template)) !== undefined;
}

export const FILE_LOCK =
  "it is provisioned from a file of the server, which the API cannot take over";

/** `file` is refused for every writer; the other provenances can be written with the same one. */
function lockOf(object: ApiObject): { readonly locked?: string } {
  return object["provenance"] === "file" ? { locked: FILE_LOCK } : {};
}

function toFolder(
  folder: ApiObject,
  named: (kind: RecordedKind, id: string) => Resource["owner"],
): Resource {
  const parent = text(folder["folderUid"]);
  const title = text(folder["title"]);
  const id = text(folder["uid"]);
  return {
    kind: "folder",
    id,
    title,
    body: { title, ...(parent !== "" && { parentUid: parent }) },
    owner: named("folder", id),
  };
}

function toNamed(
  kind: "template" | "mute-timing",
  object: ApiObject,
  named: (kind: RecordedKind, id: string) => Resource["owner"],
): Resource {
  const name = text(object["name"]);
  const key = kind === "template" ? "template" : "time_intervals";
  const body = { [key]: (object[key] ?? null) as Json };
  return { kind, id: name, title: name, body, owner: named(kind, name), ...lockOf(object) };
}

/** Before 12.0 every secret field of a type is `[REDACTED]`, also one that was never set. */
const FIRST_WITH_TRUE_REDACTION = 12;

function toContactPoint(
  { version }: Snapshot,
  point: ApiObject,
  { manifest, wanted, secrets, project }: Ownership,
): Resource {
  const id = text(point["uid"]);
  const name = text(point["name"]);
  const isOurs = id.startsWith(`sl-${project}-`) || manifest.owned["contact-point"].includes(id);
  const wantedSettings = wanted.get(`contact-point ${id}`)?.body["settings"];
  const settings = markSecrets(point["settings"] as Json, wantedSettings, {
    path: "",
    known: (path) => secrets.get(secretName(id, path)),
    keepsUnwanted: version.major >= FIRST_WITH_TRUE_REDACTION,
  });
  return {
    kind: "contact-point",
    id,
    title: name,
    body: {
      name,
      type: text(point["type"]),
      settings: settings ?? {},
      disableResolveMessage: point["disableResolveMessage"] === true,
    },
    owner: isOurs ? "ours" : "foreign",
    ...lockOf(point),
  };
}

function toPolicy({ policy }: Snapshot, project: string): readonly Resource[] {
  if (!policy) return [];
  const { ours, othersBefore } = splitTree(policy, project);
  const lock = lockOf(policy);
  if (ours.length === 0 && lock.locked === undefined) return [];
  return [
    {
      kind: "policy",
      id: project,
      title: "routes",
      body: { routes: ours as unknown as Json, ...(othersBefore > 0 && { othersBefore }) },
      owner: "ours",
      ...lock,
    },
  ];
}

function toRule(rule: ApiObject, { intervals }: Snapshot, ownership: Ownership): Resource {
  const { project } = ownership;
  const id = text(rule["uid"]);
  const labels = isObject(rule["labels"]) ? rule["labels"] : {};
  // Labels of a recording rule are its metric's, so it carries no mark.
  const isRecord = isObject(rule["record"]);
  const isOurs = isRecord
    ? recordedOwner("record", id, ownership) === "ours"
    : labels[ALERT_LABEL.project] === project;
  const interval = intervals.get(id);
  return {
    kind: isRecord ? "record" : "rule",
    id,
    title: text(rule["title"]),
    body: { ...(rule as Resource["body"]), ...(interval !== undefined && { interval }) },
    owner: isOurs ? "ours" : "foreign",
    ...heldBy(isOurs ? undefined : labels[ALERT_LABEL.project]),
    ...(typeof rule["updated"] === "string" && { changedBy: rule["updated"] }),
    ...lockOf(rule),
  };
}

function heldBy(project: unknown): { readonly heldBy?: string } {
  return typeof project === "string" && project !== "" ? { heldBy: `project "${project}"` } : {};
}

function toDashboard(dashboard: LiveDashboard, { tag, wanted }: Ownership): Resource {
  const { uid, title, folderUid, tags, json, locked, storedVersion, changedBy } = dashboard;
  return {
    kind: "dashboard",
    id: uid,
    title,
    body: {
      ...(folderUid !== undefined && { folderUid }),
      ...(storedVersion !== undefined && { storedVersion }),
      dashboard: (json ?? {}) as Json,
    },
    owner: ownerOf("dashboard", uid, {
      isWanted: wanted.has(`dashboard ${uid}`),
      isOwn: tags.includes(tag),
      isOthers: isOfOtherProject(tags, tag),
    }),
    ...(locked !== undefined && { locked }),
    ...(changedBy !== undefined && { changedBy }),
  };
}

function text(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
