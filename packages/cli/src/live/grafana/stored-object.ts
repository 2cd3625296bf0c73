import { diffBodies } from "../../plan/diff-bodies.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import { isObject } from "./api-object.ts";
import type { ApplyInput } from "./apply-input.ts";
import { canonicalGrafana } from "./canonical.ts";
import { dashboardsPath, fromApis, fromLegacy } from "./read-dashboards.ts";
import { dashboardApiVersion } from "./version.ts";

/** Whether the server now holds just what is wanted. */
export async function isStored(input: ApplyInput, resource: Resource): Promise<boolean> {
  const live = await readOne(input, resource);
  if (live === undefined) return false;
  const { properties } = diffBodies(canonicalGrafana(live).body, canonicalGrafana(resource).body);
  return properties.length === 0;
}

async function readOne(
  { client, snapshot }: ApplyInput,
  resource: Resource,
): Promise<Resource | undefined> {
  const { kind, id } = resource;
  const name = encodeURIComponent(id);
  if (kind === "rule" || kind === "record") {
    const answer = await client.get(`/api/v1/provisioning/alert-rules/${name}`);
    if (answer.status === "fault" || !isObject(answer.value)) return undefined;
    const interval = resource.body["interval"] ?? null;
    return { ...resource, body: { ...(answer.value as Resource["body"]), interval } };
  }
  if (kind === "folder") {
    const answer = await client.get(`/api/folders/${name}`);
    if (answer.status === "fault" || !isObject(answer.value)) return undefined;
    const { title, parentUid } = answer.value as { title: string; parentUid?: string };
    return { ...resource, body: { title, ...(parentUid && { parentUid }) } };
  }
  if (kind !== "dashboard") return undefined;
  const api = dashboardApiVersion(snapshot.version);
  const path = api
    ? `${dashboardsPath(api, snapshot.namespace)}/${name}`
    : `/api/dashboards/uid/${name}`;
  const answer = await client.get(path);
  if (answer.status === "fault" || !isObject(answer.value)) return undefined;
  const { json, folderUid } = api ? fromApis(answer.value) : fromLegacy(answer.value);
  const dashboard = (json ?? {}) as Json;
  return { ...resource, body: { dashboard, ...(folderUid !== undefined && { folderUid }) } };
}
