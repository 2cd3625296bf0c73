import pLimit from "p-limit";
import type { AnswerFault } from "./answer.ts";
import { type ApiObject, isObject, objects } from "./api-object.ts";
import type { GrafanaClient } from "./client.ts";
import { dashboardApiVersion, type GrafanaVersion } from "./version.ts";

export interface LiveDashboard {
  readonly uid: string;
  readonly title: string;
  readonly folderUid: string | undefined;
  readonly tags: readonly string[];
  /** Classic JSON; undefined where it is of others and was not read. */
  readonly json: ApiObject | undefined;
  /** `version` before 12, `resourceVersion` since: who writes with an old one is refused. */
  readonly revision: string | number | undefined;
  /** Why it cannot be written. */
  readonly locked: string | undefined;
  /** Saved in a form that classic JSON cannot hold. */
  readonly storedVersion: string | undefined;
  /** Who saved it last, and when. */
  readonly changedBy: string | undefined;
}

export type DashboardsResult =
  | { readonly status: "ok"; readonly dashboards: readonly LiveDashboard[] }
  | { readonly status: "fault"; readonly fault: AnswerFault };

export interface DashboardQuery {
  readonly wantedDashboards: Pick<ReadonlySet<string>, "has">;
  /** Marks our dashboards. */
  readonly tag: string;
  readonly signal: AbortSignal;
  readonly version: GrafanaVersion;
  readonly namespace: string;
}

const APIS_PAGE = 500;
const SEARCH_PAGE = 5000;
const PARALLEL_READS = 8;

/**
 * Since 12.0 a list gives whole dashboards. Before, a search names them, and those that are ours or
 * wanted are read one by one: no list tells a version, and what people change by hand must be seen.
 */
export function readDashboards(
  client: GrafanaClient,
  query: DashboardQuery,
): Promise<DashboardsResult> {
  const api = dashboardApiVersion(query.version);
  return api === undefined ? readOneByOne(client, query) : readLists(client, query, api);
}

export function dashboardsPath(api: string, namespace: string): string {
  return `/apis/dashboard.grafana.app/${api}/namespaces/${namespace}/dashboards`;
}

async function readLists(
  client: GrafanaClient,
  { namespace, signal }: DashboardQuery,
  api: string,
): Promise<DashboardsResult> {
  const dashboards: LiveDashboard[] = [];
  let next = "";
  do {
    const params = { limit: APIS_PAGE, ...(next !== "" && { continue: next }) };
    const answer = await client.get(dashboardsPath(api, namespace), { params, signal });
    if (answer.status === "fault") return { status: "fault", fault: answer };
    const page = isObject(answer.value) ? answer.value : {};
    dashboards.push(...objects(page["items"]).map(fromApis));
    const metadata = isObject(page["metadata"]) ? page["metadata"] : {};
    next = String(metadata["continue"] ?? "");
  } while (next !== "");
  return { status: "ok", dashboards };
}

export function fromApis(item: ApiObject): LiveDashboard {
  const metadata = isObject(item["metadata"]) ? item["metadata"] : {};
  const annotations = isObject(metadata["annotations"]) ? metadata["annotations"] : {};
  const spec = isObject(item["spec"]) ? item["spec"] : {};
  const status = isObject(item["status"]) ? item["status"] : {};
  const conversion = isObject(status["conversion"]) ? status["conversion"] : {};
  const stored = String(conversion["storedVersion"] ?? "");
  return {
    uid: String(metadata["name"] ?? ""),
    title: String(spec["title"] ?? ""),
    folderUid: textOrUndefined(annotations["grafana.app/folder"]),
    tags: textsOf(spec["tags"]),
    json: spec,
    revision: textOrUndefined(metadata["resourceVersion"]),
    locked: lockedBy(annotations),
    storedVersion: /^v2/.test(stored) ? stored : undefined,
    changedBy: joinTexts(
      annotations["grafana.app/updatedBy"],
      annotations["grafana.app/updatedTimestamp"],
    ),
  };
}

/** Who manages it, as pkg/apimachinery/utils/manager.go names them. Other managers' writes are theirs to make. */
function lockedBy(annotations: ApiObject): string | undefined {
  const manager = textOrUndefined(annotations["grafana.app/managedBy"]);
  if (manager === undefined || manager === "kubectl" || manager === "grafana") return undefined;
  const id = textOrUndefined(annotations["grafana.app/managerId"]);
  const name = id === undefined ? manager : `${manager} "${id}"`;
  if (manager === "classic-file-provisioning") {
    return `it is provisioned from a file of the server (${name}), which the API cannot change`;
  }
  return `it is managed by ${name}`;
}

async function readOneByOne(
  client: GrafanaClient,
  { signal, wantedDashboards, tag }: DashboardQuery,
): Promise<DashboardsResult> {
  const hits: ApiObject[] = [];
  for (let page = 1; ; page += 1) {
    const params = { type: "dash-db", limit: SEARCH_PAGE, ...(page > 1 && { page }) };
    const answer = await client.get("/api/search", { params, signal });
    if (answer.status === "fault") return { status: "fault", fault: answer };
    const found = objects(answer.value);
    hits.push(...found);
    if (found.length < SEARCH_PAGE) break;
  }
  const limit = pLimit(PARALLEL_READS);
  let failure: AnswerFault | undefined;
  const dashboards = await Promise.all(
    hits.map((hit) =>
      limit(async (): Promise<LiveDashboard | undefined> => {
        const uid = String(hit["uid"] ?? "");
        const isRead = wantedDashboards.has(uid) || textsOf(hit["tags"]).includes(tag);
        if (!isRead || failure) return fromHit(hit);
        const answer = await client.get(`/api/dashboards/uid/${encodeURIComponent(uid)}`, {
          signal,
        });
        if (answer.status === "ok") return fromLegacy(answer.value);
        // Deleted between the two requests.
        if (answer.kind === "missing") return undefined;
        failure = answer;
        return undefined;
      }),
    ),
  );
  if (failure) return { status: "fault", fault: failure };
  return { status: "ok", dashboards: dashboards.filter((found) => found !== undefined) };
}

function fromHit(hit: ApiObject): LiveDashboard {
  return {
    uid: String(hit["uid"] ?? ""),
    title: String(hit["title"] ?? ""),
    folderUid: textOrUndefined(hit["folderUid"]),
    tags: textsOf(hit["tags"]),
    json: undefined,
    revision: undefined,
    locked: undefined,
    storedVersion: undefined,
    changedBy: undefined,
  };
}

export function fromLegacy(value: unknown): LiveDashboard {
  const answer = isObject(value) ? value : {};
  const json = isObject(answer["dashboard"]) ? answer["dashboard"] : {};
  const meta = isObject(answer["meta"]) ? answer["meta"] : {};
  const isProvisioned = meta["provisioned"] === true;
  const version = json["version"];
  return {
    uid: String(json["uid"] ?? ""),
    title: String(json["title"] ?? ""),
    folderUid: textOrUndefined(meta["folderUid"]),
    tags: textsOf(json["tags"]),
    json,
    revision: typeof version === "number" ? version : undefined,
    locked: isProvisioned
      ? `it is provisioned from a file of the server (${String(meta["provisionedExternalId"] ?? "")}), which the API cannot change`
      : undefined,
    storedVersion: undefined,
    changedBy: joinTexts(meta["updatedBy"], meta["updated"]),
  };
}

function joinTexts(...values: readonly unknown[]): string | undefined {
  const texts = values.filter((value) => typeof value === "string" && value !== "");
  return texts.length > 0 ? texts.join(", ") : undefined;
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
