import { type Answer, Refusal } from "./answer.ts";
import { isObject, objectBody, textOf } from "./body.ts";
import { storeDashboard } from "./dashboards.ts";
import type { Call, Method, Route } from "./route.ts";
import type { GrafanaState, JsonObject, StoredDashboard } from "./state.ts";

const GROUP = "dashboard.grafana.app";
const SOURCE =
  "docs/sources/developer-resources/api-reference/http-api/apis-migration.md, pkg/registry/apis/dashboard; not seen on a real server";

function routes(version: "v1beta1" | "v1"): readonly Route[] {
  const path = `/apis/${GROUP}/${version}/namespaces/:namespace/dashboards`;
  const row = (
    method: Method,
    at: string,
    action: string,
    handle: (call: Call, version: string) => Answer,
    more: Partial<Route> = {},
  ): Route => ({
    method,
    path: at,
    actions: [action],
    when: ({ dashboardApi }) =>
      dashboardApi === version || (version === "v1beta1" && dashboardApi === "v1"),
    source: SOURCE,
    handle: (call) => handle(call, version),
    ...more,
  });
  const fields = ["apiVersion", "kind", "metadata", "spec", "status"];
  return [
    row("GET", path, "dashboards:read", list, { query: ["limit", "continue", "labelSelector"] }),
    row("POST", path, "dashboards:create", create, { fields, query: ["dryRun"] }),
    row("GET", `${path}/:uid`, "dashboards:read", read),
    row("PUT", `${path}/:uid`, "dashboards:write", replace, { fields, query: ["dryRun"] }),
    row("DELETE", `${path}/:uid`, "dashboards:delete", remove),
  ];
}

export const apisDashboardRoutes: readonly Route[] = [...routes("v1beta1"), ...routes("v1")];

/** metav1.Status: how the App Platform says that something is wrong. */
function status(code: number, reason: string, message: string): Refusal {
  return new Refusal({
    status: code,
    body: {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason,
      code,
    },
  });
}

function item(board: StoredDashboard, namespace: string, version: string): JsonObject {
  return {
    kind: "Dashboard",
    apiVersion: `${GROUP}/${version}`,
    metadata: {
      name: board.uid,
      namespace,
      uid: `id-${board.id}`,
      resourceVersion: String(board.resourceVersion),
      generation: board.version,
      creationTimestamp: board.created,
      ...(Object.keys(board.labels).length > 0 && { labels: board.labels }),
      annotations: {
        ...board.annotations,
        ...(board.folderUid !== "" && { "grafana.app/folder": board.folderUid }),
        "grafana.app/updatedTimestamp": board.updated,
      },
    },
    spec: board.json,
    status: { conversion: { failed: false, storedVersion: version } },
  };
}

/** Pages by an opaque token; a page may be shorter than asked for, and only the token tells the end. */
function list({ state, query, params }: Call, version: string): Answer {
  const limit = Math.min(Number(query.get("limit") ?? 500) || 500, 500);
  const token = query.get("continue") ?? "";
  const start = token === "" ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
  if (!Number.isInteger(start))
    throw status(410, "Expired", "The provided continue parameter is too old");
  const all = [...state.dashboards.values()].toSorted((left, right) =>
    left.uid < right.uid ? -1 : 1,
  );
  const page = all.slice(start, start + limit);
  const next = start + page.length;
  return {
    status: 200,
    body: {
      kind: "DashboardList",
      apiVersion: `${GROUP}/${version}`,
      metadata: {
        resourceVersion: String(Math.max(0, ...all.map(({ resourceVersion }) => resourceVersion))),
        ...(next < all.length && { continue: Buffer.from(String(next)).toString("base64url") }),
      },
      items: page.map((board) => item(board, params["namespace"] ?? "default", version)),
    },
  };
}

function find(state: GrafanaState, uid: string): StoredDashboard {
  const board = state.dashboards.get(uid);
  if (!board) throw status(404, "NotFound", `dashboards.${GROUP} "${uid}" not found`);
  return board;
}

function read({ state, params }: Call, version: string): Answer {
  return {
    status: 200,
    body: item(find(state, params["uid"] ?? ""), params["namespace"] ?? "default", version),
  };
}

interface Given {
  readonly name: string;
  readonly folderUid: string;
  readonly resourceVersion: string;
  readonly annotations: Record<string, string>;
  readonly labels: Record<string, string>;
  readonly spec: JsonObject;
}

function readGiven(state: GrafanaState, body: unknown): Given {
  const given = objectBody(body);
  const metadata = objectBody(given["metadata"]);
  if (!isObject(given["spec"])) throw status(400, "BadRequest", "spec is missing");
  const annotations = {
    ...(isObject(metadata["annotations"]) ? metadata["annotations"] : {}),
  } as Record<string, string>;
  const folderUid = annotations["grafana.app/folder"] ?? "";
  delete annotations["grafana.app/folder"];
  delete annotations["grafana.app/message"];
  delete annotations["grafana.app/updatedTimestamp"];
  if (folderUid !== "" && !state.folders.has(folderUid)) {
    throw status(404, "NotFound", `folders.folder.grafana.app "${folderUid}" not found`);
  }
  return {
    name: textOf(metadata, "name"),
    folderUid,
    resourceVersion: textOf(metadata, "resourceVersion"),
    annotations,
    labels: (isObject(metadata["labels"]) ? metadata["labels"] : {}) as Record<string, string>,
    spec: given["spec"],
  };
}

function store(state: GrafanaState, uid: string, given: Given): StoredDashboard {
  const board = storeDashboard(state, uid, given.folderUid, given.spec);
  board.annotations = given.annotations;
  board.labels = given.labels;
  return board;
}

function create({ state, body, params, query }: Call, version: string): Answer {
  const given = readGiven(state, body);
  if (given.name === "") throw status(422, "Invalid", "metadata.name is missing");
  if (state.dashboards.has(given.name)) {
    throw status(409, "AlreadyExists", `dashboards.${GROUP} "${given.name}" already exists`);
  }
  if (query.get("dryRun") === "All") return { status: 201, body };
  const board = store(state, given.name, given);
  return { status: 201, body: item(board, params["namespace"] ?? "default", version) };
}

function replace({ state, body, params, query }: Call, version: string): Answer {
  const stored = find(state, params["uid"] ?? "");
  const given = readGiven(state, body);
  if (stored.isProvisioned) {
    throw status(403, "Forbidden", "Cannot save provisioned dashboard");
  }
  if (given.resourceVersion !== "" && given.resourceVersion !== String(stored.resourceVersion)) {
    throw status(
      409,
      "Conflict",
      `Operation cannot be fulfilled on dashboards.${GROUP} "${stored.uid}": the object has been modified; please apply your changes to the latest version and try again`,
    );
  }
  if (query.get("dryRun") === "All") return { status: 200, body };
  const board = store(state, stored.uid, given);
  return { status: 200, body: item(board, params["namespace"] ?? "default", version) };
}

function remove({ state, params }: Call): Answer {
  const board = find(state, params["uid"] ?? "");
  state.dashboards.delete(board.uid);
  return {
    status: 200,
    body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" },
  };
}
