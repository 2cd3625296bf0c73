import { ALERT_LABEL } from "@sightline/core";
import { type ApiObject, isObject } from "../live/grafana/api-object.ts";
import { isManifestName } from "../live/grafana/manifest.ts";
import type { LiveDashboard } from "../live/grafana/read-dashboards.ts";
import { REDACTED } from "../live/grafana/secret-marks.ts";
import type { Snapshot } from "../live/grafana/snapshot.ts";
import { compact, type ImportedSpec } from "./imported.ts";

export interface GrafanaAddress {
  readonly url: string;
  /** `${env:NAME}` of the token. */
  readonly token: string;
}

/** What the server adds to each object. */
const SERVER_KEYS = new Set(["id", "orgID", "updated", "provenance", "version", "guid"]);
const DASHBOARD_FOLDER = "dashboards";
/** What Grafana answers where the group of a rule is not in its export. */
const DEFAULT_INTERVAL_SECONDS = 60;

/**
 * What a Grafana holds, in its own words, so that a plan made from it is empty. Not taken: what is
 * Sightline's already, routes (foreign ones stay as they are) and data sources.
 */
export function grafanaToSpec(snapshot: Snapshot, address: GrafanaAddress): ImportedSpec {
  const notes: string[] = [];
  const rules = snapshot.rules
    .filter((rule) => !isOurs(rule))
    .map((rule) => ruleOf(rule, snapshot));
  const contactPoints = snapshot.contactPoints.flatMap((point) => contactPointOf(point, notes));
  const dashboards = snapshot.dashboards.flatMap((dashboard) => dashboardOf(dashboard, notes));
  const used = new Set([
    ...rules.map(({ folderUID }) => folderUID),
    ...dashboards.map(({ entry }) => entry["folderUid"]),
  ]);
  notes.push(...leftOut(snapshot));
  return {
    sections: {},
    settings: {
      targets: [{ name: "grafana", grafana: { url: address.url, token: address.token } }],
      // Only what was there: the first plan shows nothing to do.
      default_alerts: { enabled: false },
      default_dashboards: false,
      grafana: compact({
        folders: foldersOf(snapshot, used),
        rules,
        contact_points: contactPoints,
        mute_timings: snapshot.muteTimings.map(({ name, time_intervals }) => ({
          name,
          time_intervals,
        })),
        templates: snapshot.templates
          .filter(({ name }) => !isManifestName(String(name)))
          .map(({ name, template }) => ({ name, template })),
        dashboards: dashboards.map(({ entry }) => entry),
      }),
    },
    notes,
    files: dashboards.map(({ file }) => file),
  };
}

function isOurs({ labels }: ApiObject): boolean {
  return isObject(labels) && ALERT_LABEL.project in labels;
}

function ruleOf(rule: ApiObject, { intervals }: Snapshot): Record<string, unknown> {
  const kept = Object.entries(rule).filter(
    ([key, value]) => !SERVER_KEYS.has(key) && value !== null,
  );
  return {
    ...Object.fromEntries(kept),
    interval: intervals.get(String(rule["uid"])) ?? DEFAULT_INTERVAL_SECONDS,
  };
}

/** Folders in which something of the above lies, and those around them; parents first. */
function foldersOf(
  { folders }: Snapshot,
  used: ReadonlySet<unknown>,
): readonly Record<string, unknown>[] {
  const byUid = new Map(folders.map((folder) => [folder["uid"], folder]));
  const wanted = new Map<unknown, Record<string, unknown>>();
  const add = (uid: unknown): void => {
    const folder = byUid.get(uid);
    if (folder === undefined || wanted.has(uid)) return;
    const parentUid = folder["folderUid"] || undefined;
    add(parentUid);
    wanted.set(uid, compact({ uid, title: folder["title"], parentUid }));
  };
  for (const uid of used) add(uid);
  return [...wanted.values()];
}

function contactPointOf(point: ApiObject, notes: string[]): Record<string, unknown>[] {
  const { uid, name, type, settings } = point;
  if (typeof uid !== "string" || uid === "") {
    notes.push(
      `contact point "${String(name)}" (${String(type)}) has no uid, as Grafana's own first one, and was left out`,
    );
    return [];
  }
  const secrets: [string, string][] = [];
  const open = withoutSecrets(settings, "", (path) => {
    secrets.push([path, `\${env:${variableName(String(name), path)}}`]);
  });
  for (const [path, reference] of secrets) {
    notes.push(
      `contact point "${String(name)}": Grafana does not give its ${path} away; ${reference} stands for it, and while it is not set Grafana keeps what it has`,
    );
  }
  return [
    compact({
      uid,
      name,
      type,
      settings: open,
      secure: Object.fromEntries(secrets),
      disableResolveMessage: point["disableResolveMessage"] === true || undefined,
    }),
  ];
}

function withoutSecrets(value: unknown, path: string, found: (path: string) => void): unknown {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, part]) => {
    const below = path === "" ? key : `${path}.${key}`;
    if (part !== REDACTED) return [[key, withoutSecrets(part, below, found)] as const];
    found(below);
    return [];
  });
  return Object.fromEntries(entries);
}

/** `Ops chat`, `url` → `OPS_CHAT_URL`. */
function variableName(contact: string, path: string): string {
  const name = `${contact}_${path}`
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^\d/.test(name) ? `_${name}` : name;
}

function dashboardOf(
  dashboard: LiveDashboard,
  notes: string[],
): { entry: Record<string, unknown>; file: { path: string; text: string } }[] {
  const { uid, title, folderUid, json, storedVersion, tags } = dashboard;
  if (tags.some((tag) => tag.startsWith("sightline:"))) return [];
  if (storedVersion !== undefined) {
    notes.push(
      `dashboard "${title}" was saved as ${storedVersion}, which classic JSON cannot hold, and was left out`,
    );
    return [];
  }
  if (json === undefined) {
    notes.push(`dashboard "${title}" (${uid}) could not be read and was left out`);
    return [];
  }
  const { id: _, version: __, ...rest } = json;
  const path = `${DASHBOARD_FOLDER}/${uid}.json`;
  return [
    {
      entry: compact({ file: path, folderUid }),
      file: { path, text: `${JSON.stringify({ ...rest, uid }, null, 2)}\n` },
    },
  ];
}

function leftOut({ policy, datasources, dashboards }: Snapshot): string[] {
  const routes = policy?.routes?.length ?? 0;
  const locked = dashboards
    .filter((dashboard) => dashboard.locked !== undefined)
    .map(({ title }) => title);
  return [
    routes > 0
      ? `${routes} notification policies stay as they are in Grafana; routes of this file are put beside them`
      : "",
    datasources.length > 0 ? `${datasources.length} data sources stay as they are` : "",
    locked.length > 0
      ? `${locked.length} dashboards belong to files or other tools and cannot be changed from here: ${locked.slice(0, 5).join(", ")}${locked.length > 5 ? ", …" : ""}`
      : "",
  ].filter(Boolean);
}
