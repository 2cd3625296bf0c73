import { ALERT_LABEL } from "@sightline/core";
import { isSecretMark, type Json, type Resource, type SecretState } from "../../plan/resource.ts";
import { type ApiObject, isObject } from "./api-object.ts";
import { isOfOtherProject, ownerOf } from "./common-objects.ts";
import type { Manifest, RecordedKind } from "./manifest.ts";
import { manifestName, parseManifest } from "./manifest.ts";
import { splitTree } from "./policy-tree.ts";
import type { LiveDashboard } from "./read-dashboards.ts";
import type { Snapshot } from "./snapshot.ts";

export const REDACTED = "[REDACTED]";

export interface Ownership {
  readonly project: string;
  /** Marks our dashboards. */
  readonly tag: string;
  readonly manifest: Manifest;
  /** `kind id` of what other projects' manifests name. */
  readonly others: ReadonlySet<string>;
  /** Wanted objects, by kind and id. */
  readonly wanted: ReadonlyMap<string, Resource>;
  /** What is known of a secret, by {@link secretName}. */
  readonly secrets: ReadonlyMap<string, KnownSecret>;
}

export interface KnownSecret {
  readonly state: SecretState;
  /** Its value, where it is at hand: some servers do not hide what is a secret here. */
  readonly value: string | undefined;
}

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

function recordedOwner(
  kind: RecordedKind,
  id: string,
  { manifest, others, wanted }: Ownership,
): Resource["owner"] {
  const key = `${kind} ${id}`;
  return ownerOf(kind, id, {
    isWanted: wanted.has(key),
    isOwn: manifest.owned[kind].includes(id),
    isOthers: others.has(key),
  });
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

/** What is not hidden can be compared itself. */
function stateOf({ state, value }: KnownSecret, live: string): SecretState {
  if (live === REDACTED || value === undefined) return state;
  return live === value ? "same" : "changed";
}

/** The address of a webhook is often its password; whose it is says the host. */
function withoutPath(text: string): string {
  const url = /^https?:/.test(text) ? URL.parse(text) : null;
  return url === null ? text : `${url.origin}/…`;
}

export function secretName(uid: string, path: string): string {
  return `${uid}:${path}`;
}

interface MarkOptions {
  readonly path: string;
  readonly known: (path: string) => KnownSecret | undefined;
  readonly keepsUnwanted: boolean;
}

/** What the server hides becomes a mark; so does what we hold for a secret and the server does not hide. */
function markSecrets(live: Json, wanted: Json | undefined, options: MarkOptions): Json | undefined {
  const { path, known, keepsUnwanted } = options;
  if (isSecretMark(wanted) && typeof live === "string" && live !== "") {
    const secret = known(path);
    return { $secret: true, ...(secret && { $state: stateOf(secret, live) }) };
  }
  if (live === REDACTED) return keepsUnwanted ? { $secret: true } : undefined;
  if (typeof live === "string" && live !== wanted) return withoutPath(live);
  if (Array.isArray(live)) {
    return (live as readonly Json[]).map(
      (item, index) =>
        markSecrets(item, Array.isArray(wanted) ? (wanted[index] as Json) : undefined, {
          ...options,
          path: `${path}[${index}]`,
        }) ?? null,
    );
  }
  if (typeof live !== "object" || live === null) return live;
  const entries = Object.entries(live).map(([key, value]) => {
    const part = isObject(wanted) ? (wanted[key] as Json | undefined) : undefined;
    const below = path === "" ? key : `${path}.${key}`;
    return [key, markSecrets(value as Json, part, { ...options, path: below })] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Json;
}

/** Secrets of a wanted contact point: path in its settings → reference. */
export function secretsOf(
  settings: Json | undefined,
  path = "",
): readonly (readonly [string, string])[] {
  if (isSecretMark(settings)) {
    return settings.$secret === true ? [] : [[path, settings.$secret]];
  }
  if (Array.isArray(settings)) {
    return (settings as readonly Json[]).flatMap((item, index) =>
      secretsOf(item, `${path}[${index}]`),
    );
  }
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([key, value]) =>
    secretsOf(value as Json, path === "" ? key : `${path}.${key}`),
  );
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
