import { type Answer, alertingError, badRequestData, refuse } from "./answer.ts";
import { booleanOf, isObject, objectBody, sortedKeys, textOf } from "./body.ts";
import { slug } from "./folders.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject, StoredDashboard } from "./state.ts";

const SOURCE = "pkg/api/dashboard.go, pkg/api/search.go; seen on 10.4.3 and 11.0.0";
const READ = ["dashboards:read"];

export const dashboardRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/search",
    query: ["type", "limit", "page", "query", "tag", "folderUIDs", "dashboardUIDs"],
    source: SOURCE,
    handle: search,
  },
  {
    method: "POST",
    path: "/api/dashboards/db",
    actions: ["dashboards:write", "dashboards:create"],
    fields: ["dashboard", "folderUid", "folderId", "overwrite", "message"],
    source: SOURCE,
    handle: saveDashboard,
  },
  {
    method: "GET",
    path: "/api/dashboards/uid/:uid",
    actions: READ,
    source: SOURCE,
    handle: readDashboard,
  },
  {
    method: "DELETE",
    path: "/api/dashboards/uid/:uid",
    actions: ["dashboards:delete"],
    source: SOURCE,
    handle: deleteDashboard,
  },
];

const MAX_LIMIT = 5000;

function search({ state, query }: Call): Answer {
  const limit = Number(query.get("limit") ?? 1000);
  const page = Number(query.get("page") ?? 1);
  if (limit > MAX_LIMIT) {
    throw refuse(
      422,
      "Limit is above maximum allowed (5000), use page parameter to access hits beyond limit",
    );
  }
  const type = query.get("type");
  const [tags, folders] = [query.getAll("tag"), query.getAll("folderUIDs")];
  const uids = query.getAll("dashboardUIDs");
  const text = query.get("query")?.toLowerCase() ?? "";
  const hits = [
    // Folders stand before dashboards, each by title.
    ...(type === "dash-db" || tags.length > 0
      ? []
      : byTitle([...state.folders.values()]).map((folder) => folderHit(state, folder.uid))),
    ...(type === "dash-folder"
      ? []
      : byTitle(
          [...state.dashboards.values()].map((board) => ({ ...board, title: titleOf(board) })),
        ).map((board) => dashboardHit(state, board))),
  ].filter(
    (hit) =>
      tags.every((tag) => (hit["tags"] as readonly unknown[]).includes(tag)) &&
      (folders.length === 0 || folders.includes(String(hit["folderUid"]))) &&
      (uids.length === 0 || uids.includes(String(hit["uid"]))) &&
      String(hit["title"]).toLowerCase().includes(text),
  );
  return { status: 200, body: hits.slice((page - 1) * limit, page * limit) };
}

function byTitle<Item extends { readonly title: string; readonly id: number }>(
  items: readonly Item[],
): Item[] {
  return items.toSorted((left, right) => {
    const [a, b] = [left.title.toLowerCase(), right.title.toLowerCase()];
    return a < b ? -1 : a > b ? 1 : left.id - right.id;
  });
}

function folderHit(state: GrafanaState, uid: string): JsonObject {
  const folder = state.folders.get(uid);
  const parent = folder?.parentUid === undefined ? undefined : state.folders.get(folder.parentUid);
  return {
    id: folder?.id,
    uid,
    title: folder?.title,
    uri: `db/${slug(folder?.title ?? "")}`,
    url: `/dashboards/f/${uid}/${slug(folder?.title ?? "")}`,
    slug: "",
    type: "dash-folder",
    tags: [],
    isStarred: false,
    ...(parent && { folderUid: parent.uid, folderTitle: parent.title }),
    sortMeta: 0,
  };
}

function dashboardHit(state: GrafanaState, board: StoredDashboard): JsonObject {
  const folder = state.folders.get(board.folderUid);
  const title = titleOf(board);
  return {
    id: board.id,
    uid: board.uid,
    title,
    uri: `db/${slug(title)}`,
    url: `/d/${board.uid}/${slug(title)}`,
    slug: "",
    type: "dash-db",
    tags: board.json["tags"] ?? [],
    isStarred: false,
    ...(folder && {
      folderId: folder.id,
      folderUid: folder.uid,
      folderTitle: folder.title,
      folderUrl: `/dashboards/f/${folder.uid}/${slug(folder.title)}`,
    }),
    sortMeta: 0,
  };
}

export function titleOf({ json }: StoredDashboard): string {
  return String(json["title"]);
}

function readDashboard({ state, params, login }: Call): Answer {
  const board = state.dashboards.get(params["uid"] ?? "");
  if (!board) throw alertingError(404, "Dashboard not found");
  const folder = state.folders.get(board.folderUid);
  const title = titleOf(board);
  return {
    status: 200,
    body: {
      meta: {
        type: "db",
        canSave: !board.isProvisioned,
        canEdit: true,
        canAdmin: true,
        canStar: true,
        canDelete: true,
        slug: slug(title),
        url: `/d/${board.uid}/${slug(title)}`,
        expires: "0001-01-01T00:00:00Z",
        created: board.created,
        updated: board.updated,
        updatedBy: login,
        createdBy: login,
        version: board.version,
        hasAcl: false,
        isFolder: false,
        folderId: folder?.id ?? 0,
        folderUid: board.folderUid,
        folderTitle: folder?.title ?? "General",
        folderUrl: folder ? `/dashboards/f/${folder.uid}/${slug(folder.title)}` : "",
        provisioned: board.isProvisioned,
        provisionedExternalId: board.isProvisioned ? "dashboard.json" : "",
      },
      dashboard: sortedKeys({
        ...board.json,
        id: board.id,
        uid: board.uid,
        version: board.version,
      }),
    },
  };
}

/** dashboards/service/dashboard_service.go, BuildSaveDashboardCommand and saveDashboard. */
function saveDashboard({ state, body }: Call): Answer {
  const given = objectBody(body);
  const json = given["dashboard"];
  if (!isObject(json)) throw badRequestData();
  const [folderUid, title] = [textOf(given, "folderUid"), textOf(json, "title").trim()];
  const overwrite = booleanOf(given, "overwrite");
  if (title === "") throw refuse(400, "Dashboard title cannot be empty", { status: "empty-name" });
  const uid = textOf(json, "uid") || `b${state.nextId()}`;
  if (!/^[a-zA-Z0-9\-_]*$/.test(uid)) throw refuse(400, "uid contains illegal characters");
  if (uid.length > 40) throw refuse(400, "uid too long, max 40 characters");
  if (folderUid !== "" && !state.folders.has(folderUid)) throw refuse(400, "folder not found");
  let stored = state.dashboards.get(uid);
  if (stored?.isProvisioned) throw refuse(400, "Cannot save provisioned dashboard");
  const twin = [...state.dashboards.values()].find(
    (other) => other.uid !== uid && other.folderUid === folderUid && titleOf(other) === title,
  );
  if (twin && !overwrite) {
    throw refuse(412, "A dashboard with the same name in the folder already exists", {
      status: "name-exists",
    });
  }
  // With "overwrite" the one of the same name is the one that is written, uid and all (seen on both).
  if (twin && !stored) stored = twin;
  const version = json["version"] ?? 0;
  if (stored && !overwrite && version !== stored.version) {
    throw refuse(412, "The dashboard has been changed by someone else", {
      status: "version-mismatch",
    });
  }
  const board = storeDashboard(state, stored?.uid ?? uid, folderUid, json);
  return {
    status: 200,
    body: {
      folderUid,
      id: board.id,
      slug: slug(title),
      status: "success",
      uid: board.uid,
      url: `/d/${board.uid}/${slug(title)}`,
      version: board.version,
    },
  };
}

export function storeDashboard(
  state: GrafanaState,
  uid: string,
  folderUid: string,
  json: JsonObject,
): StoredDashboard {
  const stored = state.dashboards.get(uid);
  const { id: _id, version: _version, uid: _uid, ...rest } = json;
  const now = state.now();
  const board: StoredDashboard = {
    id: stored?.id ?? state.nextId(),
    uid,
    folderUid,
    json: rest,
    version: (stored?.version ?? 0) + 1,
    resourceVersion: state.nextId(),
    annotations: stored?.annotations ?? {},
    labels: stored?.labels ?? {},
    isProvisioned: false,
    created: stored?.created ?? now,
    updated: now,
  };
  state.dashboards.set(uid, board);
  return board;
}

function deleteDashboard({ state, params }: Call): Answer {
  const board = state.dashboards.get(params["uid"] ?? "");
  if (!board) throw alertingError(404, "Dashboard not found");
  if (board.isProvisioned) throw refuse(400, "provisioned dashboard cannot be deleted");
  state.dashboards.delete(board.uid);
  const title = titleOf(board);
  return { status: 200, body: { id: board.id, message: `Dashboard ${title} deleted`, title } };
}
