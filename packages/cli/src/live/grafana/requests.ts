import type { Json, Resource } from "../../plan/resource.ts";
import { dashboardsPath } from "./read-dashboards.ts";
import type { Snapshot } from "./snapshot.ts";
import { dashboardApiVersion } from "./version.ts";

/** One write. */
export interface WriteRequest {
  readonly method: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RequestInput {
  readonly snapshot: Snapshot;
  /** People may change it in Grafana's pages. */
  readonly isEditable: boolean;
  /** Is there already. */
  readonly exists: boolean;
}

const PROVISIONING = "/api/v1/provisioning";
/** Tested for its presence: any value, even `false`, means "no provenance". Grafana, api_provisioning.go. */
const NO_PROVENANCE = { "X-Disable-Provenance": "true" };

/** What stores an object. Its body has its secrets by now. */
export function writeRequest(resource: Resource, input: RequestInput): WriteRequest {
  const { id, body } = resource;
  const { exists } = input;
  const name = encodeURIComponent(id);
  switch (resource.kind) {
    case "folder":
      return folderRequest(resource, exists);
    case "datasource":
      return exists
        ? { method: "PUT", path: `/api/datasources/uid/${name}`, body: { ...body, uid: id } }
        : { method: "POST", path: "/api/datasources", body: { ...body, uid: id } };
    case "template":
      return {
        method: "PUT",
        path: `${PROVISIONING}/templates/${name}`,
        body,
        ...headersFor(input, input.snapshot.templates, "name", id),
      };
    case "mute-timing":
      return {
        method: exists ? "PUT" : "POST",
        path: exists ? `${PROVISIONING}/mute-timings/${name}` : `${PROVISIONING}/mute-timings`,
        body: { name: id, ...body },
        ...headersFor(input, input.snapshot.muteTimings, "name", id),
      };
    case "contact-point":
      return {
        method: exists ? "PUT" : "POST",
        path: exists ? `${PROVISIONING}/contact-points/${name}` : `${PROVISIONING}/contact-points`,
        body: { uid: id, ...body },
        ...headersFor(input, input.snapshot.contactPoints, "uid", id),
      };
    case "rule":
    case "record":
      return ruleRequest(resource, input);
    case "dashboard":
      return dashboardRequest(resource, input);
    default:
      throw new Error(`Grafana holds no ${resource.kind}`);
  }
}

/** What removes it; undefined where that takes more than one request. */
export function deleteRequest(
  { kind, id }: Pick<Resource, "kind" | "id">,
  input: RequestInput,
): WriteRequest {
  const name = encodeURIComponent(id);
  const { snapshot } = input;
  const path = {
    folder: `/api/folders/${name}`,
    datasource: `/api/datasources/uid/${name}`,
    template: `${PROVISIONING}/templates/${name}`,
    "mute-timing": `${PROVISIONING}/mute-timings/${name}`,
    "contact-point": `${PROVISIONING}/contact-points/${name}`,
    rule: `${PROVISIONING}/alert-rules/${name}`,
    record: `${PROVISIONING}/alert-rules/${name}`,
    dashboard: dashboardPath(snapshot, id) ?? `/api/dashboards/uid/${name}`,
    policy: undefined,
    probe: undefined,
    setting: undefined,
  }[kind];
  if (path === undefined) throw new Error(`no request deletes a ${kind}`);
  const lists = {
    template: [snapshot.templates, "name"],
    "mute-timing": [snapshot.muteTimings, "name"],
    "contact-point": [snapshot.contactPoints, "uid"],
    rule: [snapshot.rules, "uid"],
    record: [snapshot.rules, "uid"],
  } as const;
  const [list, key] = lists[kind as keyof typeof lists] ?? [];
  return { method: "DELETE", path, ...(list && headersFor(input, list, key, id)) };
}

/**
 * Once an object has provenance `api` it cannot lose it by this API (403), so the stored one is kept;
 * what has none gets it unless people may edit.
 */
function headersFor(
  { isEditable }: RequestInput,
  stored: readonly Readonly<Record<string, unknown>>[],
  key: "uid" | "name",
  id: string,
): Pick<WriteRequest, "headers"> {
  const found = stored.find((object) => object[key] === id);
  const hasProvenance = Boolean(found?.["provenance"]);
  return isEditable && !hasProvenance ? { headers: NO_PROVENANCE } : {};
}

function folderRequest({ id, body }: Resource, exists: boolean): WriteRequest {
  if (!exists) return { method: "POST", path: "/api/folders", body: { uid: id, ...body } };
  return {
    method: "PUT",
    path: `/api/folders/${encodeURIComponent(id)}`,
    body: { title: body["title"], overwrite: true },
  };
}

/** The interval is the group's and has a request of its own. */
function ruleRequest({ id, body }: Resource, input: RequestInput): WriteRequest {
  const { interval: _, ...rule } = body;
  return {
    method: input.exists ? "PUT" : "POST",
    path: input.exists
      ? `${PROVISIONING}/alert-rules/${encodeURIComponent(id)}`
      : `${PROVISIONING}/alert-rules`,
    body: { uid: id, ...rule },
    ...headersFor(input, input.snapshot.rules, "uid", id),
  };
}

/** Only the interval: without `rules` the group keeps the rules that it has. */
export function intervalRequest(
  folderUid: string,
  group: string,
  intervalSeconds: number,
  hasNoProvenance: boolean,
): WriteRequest {
  return {
    method: "PUT",
    path: `${PROVISIONING}/folder/${encodeURIComponent(folderUid)}/rule-groups/${encodeURIComponent(group)}`,
    body: { title: group, folderUid, interval: intervalSeconds },
    ...(hasNoProvenance && { headers: NO_PROVENANCE }),
  };
}

/** The tree keeps the provenance that it has: taking it would lock other people's routes too. */
export function policyRequest(tree: unknown, storedProvenance: unknown): WriteRequest {
  return {
    method: "PUT",
    path: `${PROVISIONING}/policies`,
    body: tree,
    ...(!storedProvenance && { headers: NO_PROVENANCE }),
  };
}

function dashboardPath({ version, namespace }: Snapshot, uid: string): string | undefined {
  const api = dashboardApiVersion(version);
  return api && `${dashboardsPath(api, namespace)}/${encodeURIComponent(uid)}`;
}

/** Where dashboards are written before 12. */
export const CLASSIC_DASHBOARDS = "/api/dashboards/db";

const MESSAGE = "sightline apply";

function dashboardRequest({ id, body }: Resource, input: RequestInput): WriteRequest {
  const { snapshot, exists } = input;
  const folderUid = body["folderUid"];
  const json = body["dashboard"] as { readonly [key: string]: Json };
  const live = snapshot.dashboards.find(({ uid }) => uid === id);
  const path = dashboardPath(snapshot, id);
  if (path === undefined) {
    const version = live?.revision;
    const dashboard = { ...json, id: null, uid: id, ...(version !== undefined && { version }) };
    const request = { dashboard, ...(folderUid && { folderUid }), message: MESSAGE };
    // Not overwritten: with an old version the answer is 412.
    return { method: "POST", path: CLASSIC_DASHBOARDS, body: { ...request, overwrite: false } };
  }
  const metadata = {
    name: id,
    ...(live?.revision !== undefined && { resourceVersion: live.revision }),
    annotations: {
      ...(folderUid && { "grafana.app/folder": folderUid }),
      "grafana.app/message": MESSAGE,
    },
  };
  const api = dashboardApiVersion(snapshot.version);
  const { uid: _, ...spec } = json;
  const object = {
    apiVersion: `dashboard.grafana.app/${api}`,
    kind: "Dashboard",
    metadata,
    spec,
  };
  return exists
    ? { method: "PUT", path, body: object }
    : { method: "POST", path: path.slice(0, path.lastIndexOf("/")), body: object };
}
