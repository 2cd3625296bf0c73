import type { ResourceKind } from "../../plan/resource.ts";
import type { AnswerFault } from "./answer.ts";
import { type ApiObject, isObject, objects } from "./api-object.ts";
import type { GrafanaClient } from "./client.ts";
import type { PolicyNode } from "./policy-tree.ts";
import { type LiveDashboard, readDashboards } from "./read-dashboards.ts";
import { checkVersion, type GrafanaVersion } from "./version.ts";

/** What a Grafana holds, as its API says it. */
export interface Snapshot {
  readonly version: GrafanaVersion;
  readonly rules: readonly ApiObject[];
  /** Seconds, by rule uid: only the export knows the interval of a group. */
  readonly intervals: ReadonlyMap<string, number>;
  readonly contactPoints: readonly ApiObject[];
  readonly policy: PolicyNode | undefined;
  readonly muteTimings: readonly ApiObject[];
  readonly templates: readonly ApiObject[];
  readonly datasources: readonly ApiObject[];
  readonly folders: readonly ApiObject[];
  readonly dashboards: readonly LiveDashboard[];
  readonly notObserved: readonly { readonly kind: ResourceKind; readonly reason: string }[];
  readonly warnings: readonly string[];
  /** `default`, `org-2`, `stacks-1234`: where /apis keep their objects. */
  readonly namespace: string;
}

export type SnapshotResult =
  | { readonly status: "ok"; readonly snapshot: Snapshot }
  | { readonly status: "unsupported"; readonly message: string }
  | { readonly status: "fault"; readonly faults: readonly AnswerFault[] };

export interface SnapshotQuery {
  readonly wantedDashboards: Pick<ReadonlySet<string>, "has">;
  /** Marks our dashboards. */
  readonly tag: string;
  readonly orgId: number | undefined;
  readonly signal: AbortSignal;
}

const PROVISIONING = "/api/v1/provisioning";
/** Grafana's own limit of one page of a search. */
const SEARCH_PAGE = 5000;

/** Lists only: the number of requests does not grow with the number of rules. */
export async function readSnapshot(
  client: GrafanaClient,
  query: SnapshotQuery,
): Promise<SnapshotResult> {
  const { signal } = query;
  const health = await client.get("/api/health", { signal });
  if (health.status === "fault") return { status: "fault", faults: [health] };
  const checked = checkVersion(await findVersion(client, health.value, signal));
  if (checked.status === "unsupported") return checked;
  const { version, warning } = checked;
  const faults: AnswerFault[] = [];
  const read = async (
    path: string,
    params?: Readonly<Record<string, string | number>>,
  ): Promise<unknown> => {
    const answer = await client.get(path, { signal, ...(params && { params }) });
    if (answer.status === "ok") return answer.value;
    faults.push(answer);
    return undefined;
  };
  const org = read("/api/org");
  const [rules, exported, contactPoints, policy, timings, templates, datasources, folders] =
    await Promise.all([
      read(`${PROVISIONING}/alert-rules`),
      client.get(`${PROVISIONING}/alert-rules/export`, { params: { format: "json" }, signal }),
      read(`${PROVISIONING}/contact-points`),
      read(`${PROVISIONING}/policies`),
      read(`${PROVISIONING}/mute-timings`),
      read(`${PROVISIONING}/templates`),
      client.get("/api/datasources", { signal }),
      readPages(read, "/api/search", { type: "dash-folder", limit: SEARCH_PAGE }),
      org,
    ]);
  const namespace =
    (await cloudNamespace(client, signal)) ??
    namespaceOf(query.orgId ?? numberAt(await org, "id") ?? 1);
  const notObserved: { kind: ResourceKind; reason: string }[] = [];
  // 404: no rule yet. Seen on 10.4.3; later versions answer with an empty list.
  if (exported.status === "fault" && exported.kind !== "missing") faults.push(exported);
  if (datasources.status === "fault") {
    if (datasources.kind === "forbidden") {
      const reason = datasources.advice ?? datasources.message;
      notObserved.push({ kind: "datasource", reason });
    } else faults.push(datasources);
  }
  const dashboards =
    faults.length > 0
      ? { status: "ok" as const, dashboards: [] }
      : await readDashboards(client, { ...query, version, namespace });
  if (dashboards.status === "fault") faults.push(dashboards.fault);
  if (faults.length > 0) return { status: "fault", faults };
  return {
    status: "ok",
    snapshot: {
      version,
      rules: objects(rules),
      intervals: readIntervals(exported.status === "ok" ? exported.value : undefined),
      contactPoints: objects(contactPoints),
      policy: isObject(policy) ? (policy as PolicyNode) : undefined,
      muteTimings: objects(timings),
      templates: objects(templates),
      datasources: datasources.status === "ok" ? objects(datasources.value) : [],
      folders: objects(folders),
      dashboards: dashboards.status === "ok" ? dashboards.dashboards : [],
      notObserved,
      warnings: warning === undefined ? [] : [warning],
      namespace,
    },
  };
}

/** `[auth] hide_version` keeps it from /api/health; who is signed in is told elsewhere. */
async function findVersion(
  client: GrafanaClient,
  health: unknown,
  signal: AbortSignal,
): Promise<string> {
  const version = isObject(health) ? health["version"] : undefined;
  if (typeof version === "string" && version !== "") return version;
  const settings = await client.get("/api/frontend/settings", { signal });
  const build =
    settings.status === "ok" && isObject(settings.value) ? settings.value["buildInfo"] : undefined;
  return isObject(build) ? String(build["version"] ?? "") : "";
}

/** https://grafana.com/docs/grafana/latest/developers/http_api/apis/#namespace-namespace */
function namespaceOf(orgId: number): string {
  return orgId === 1 ? "default" : `org-${orgId}`;
}

/** Grafana Cloud calls it after the stack, `stacks-1234`, and tells it to who is signed in. */
async function cloudNamespace(
  client: GrafanaClient,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!new URL(client.origin).hostname.endsWith(".grafana.net")) return undefined;
  const settings = await client.get("/api/frontend/settings", { signal });
  const namespace =
    settings.status === "ok" && isObject(settings.value) ? settings.value["namespace"] : undefined;
  return typeof namespace === "string" && namespace !== "" ? namespace : undefined;
}

/** Pages of a list, until one is not full. */
async function readPages(
  read: (path: string, params: Readonly<Record<string, string | number>>) => Promise<unknown>,
  path: string,
  params: Readonly<Record<string, string | number>>,
): Promise<readonly ApiObject[]> {
  const all: ApiObject[] = [];
  for (let page = 1; ; page += 1) {
    const found = objects(await read(path, page === 1 ? params : { ...params, page }));
    all.push(...found);
    if (found.length < SEARCH_PAGE) return all;
  }
}

function readIntervals(exported: unknown): ReadonlyMap<string, number> {
  const intervals = new Map<string, number>();
  const groups = isObject(exported) ? objects(exported["groups"]) : [];
  for (const group of groups) {
    const seconds = secondsOf(group["interval"]);
    for (const rule of objects(group["rules"])) intervals.set(String(rule["uid"]), seconds);
  }
  return intervals;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** `1m30s` of the export; a number where a version says it in seconds. */
function secondsOf(value: unknown): number {
  if (typeof value === "number") return value;
  let sum = 0;
  for (const [, amount, unit = "s"] of String(value).matchAll(/(\d+)([smhdw])/g)) {
    sum += Number(amount) * (UNIT_SECONDS[unit] ?? 0);
  }
  return sum;
}

function numberAt(value: unknown, key: string): number | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === "number" ? found : undefined;
}
