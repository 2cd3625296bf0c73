import { type Answer, publicError, refuse } from "./answer.ts";
import { booleanOf, objectBody, textOf } from "./body.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, StoredFolder } from "./state.ts";

const SOURCE = "pkg/api/folder.go, pkg/services/folder/folderimpl; seen on 10.4.3 and 11.0.0";
const READ = ["folders:read"];

export const folderRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/folders",
    query: ["parentUid", "limit", "page", "permission"],
    actions: READ,
    source: SOURCE,
    handle: listFolders,
  },
  {
    method: "POST",
    path: "/api/folders",
    actions: ["folders:create"],
    fields: ["uid", "title", "parentUid", "description"],
    source: SOURCE,
    handle: createFolder,
  },
  { method: "GET", path: "/api/folders/:uid", actions: READ, source: SOURCE, handle: readFolder },
  {
    method: "PUT",
    path: "/api/folders/:uid",
    actions: ["folders:write"],
    fields: ["title", "version", "overwrite", "description"],
    source: SOURCE,
    handle: updateFolder,
  },
  {
    method: "DELETE",
    path: "/api/folders/:uid",
    query: ["forceDeleteRules"],
    actions: ["folders:delete"],
    source: SOURCE,
    handle: deleteFolder,
  },
  {
    method: "POST",
    path: "/api/folders/:uid/move",
    actions: ["folders:write"],
    fields: ["parentUid"],
    source: SOURCE,
    handle: moveFolder,
  },
];

function notFound(): Error {
  return refuse(404, "folder not found", { status: "not-found" });
}
function versionMismatch(): Error {
  return refuse(412, "the folder has been changed by someone else", { status: "version-mismatch" });
}
function sameName(): Error {
  return refuse(409, "a folder with the same name already exists in the current location");
}

function listFolders({ state, query, isServiceAccount, can }: Call): Answer {
  const parentUid = query.get("parentUid") ?? undefined;
  if (parentUid !== undefined && state.profile.hasNestedFolders && !state.folders.has(parentUid)) {
    throw refuse(
      404,
      "[guardian.dashboardNotFound] failed to get dashboard by UID: Dashboard not found",
      { traceID: "" },
    );
  }
  const [limit, page] = [Number(query.get("limit") ?? 1000), Number(query.get("page") ?? 1)];
  const all = [...state.folders.values()]
    .filter((folder) => !state.profile.hasNestedFolders || folder.parentUid === parentUid)
    .toSorted((left, right) => (left.title.toLowerCase() < right.title.toLowerCase() ? -1 : 1))
    .map((folder) => ({
      id: folder.id,
      uid: folder.uid,
      title: folder.title,
      ...(state.profile.hasNestedFolders &&
        folder.parentUid !== undefined && { parentUid: folder.parentUid }),
    }));
  // A virtual folder, of whoever does not see everything. Seen on 11.0.0 with a Viewer's token.
  const isLimited = state.profile.hasNestedFolders && isServiceAccount && !can("folders:create");
  const shared =
    isLimited && parentUid === undefined && page === 1
      ? [{ id: -1, uid: "sharedwithme", title: "Shared with me" }]
      : [];
  return { status: 200, body: [...shared, ...all.slice((page - 1) * limit, page * limit)] };
}

function createFolder({ state, body, login }: Call): Answer {
  const given = objectBody(body);
  const [uid, title] = [textOf(given, "uid") || `f${state.nextId()}`, textOf(given, "title")];
  const parentUid = textOf(given, "parentUid") || undefined;
  if (title === "") throw refuse(400, "folder title cannot be empty");
  if (uid.length > 40) throw refuse(400, "uid too long, max 40 characters", { traceID: "" });
  if (!/^[a-zA-Z0-9\-_]+$/.test(uid))
    throw refuse(400, "uid contains illegal characters", { traceID: "" });
  // Grafana's own uid; seen on both: 500 and no better text.
  if (uid === "general") throw refuse(500, "Folder API error", { traceID: "" });
  const hasParent = parentUid !== undefined && state.profile.hasNestedFolders;
  if (hasParent && !state.folders.has(parentUid)) throw notFound();
  // One that is there is compared by version, and a new one has none.
  if (state.folders.has(uid)) throw versionMismatch();
  if (hasSibling(state, title, hasParent ? parentUid : undefined)) throw sameName();
  const now = state.now();
  const folder: StoredFolder = {
    id: state.nextId(),
    uid,
    title,
    parentUid: hasParent ? parentUid : undefined,
    version: 1,
    created: now,
    updated: now,
  };
  state.folders.set(uid, folder);
  return { status: 200, body: folderBody(state, folder, login) };
}

function hasSibling(
  state: GrafanaState,
  title: string,
  parentUid: string | undefined,
  but?: string,
): boolean {
  return [...state.folders.values()].some(
    (folder) =>
      folder.uid !== but &&
      (!state.profile.hasNestedFolders || folder.parentUid === parentUid) &&
      folder.title.toLowerCase() === title.toLowerCase(),
  );
}

function readFolder({ state, params, login }: Call): Answer {
  const folder = state.folders.get(params["uid"] ?? "");
  if (!folder) throw notFound();
  return { status: 200, body: folderBody(state, folder, login) };
}

function updateFolder({ state, params, body, login }: Call): Answer {
  const given = objectBody(body);
  const folder = state.folders.get(params["uid"] ?? "");
  if (!folder) throw notFound();
  if (!booleanOf(given, "overwrite") && given["version"] !== folder.version)
    throw versionMismatch();
  const title = textOf(given, "title") || folder.title;
  if (hasSibling(state, title, folder.parentUid, folder.uid)) throw sameName();
  Object.assign(folder, { title, version: folder.version + 1, updated: state.now() });
  return { status: 200, body: folderBody(state, folder, login) };
}

function moveFolder({ state, params, body, login }: Call): Answer {
  if (!state.profile.hasNestedFolders) {
    throw refuse(404, "To use this service, you need to activate nested folder feature.");
  }
  const folder = state.folders.get(params["uid"] ?? "");
  const parentUid = textOf(objectBody(body), "parentUid") || undefined;
  if (!folder || (parentUid !== undefined && !state.folders.has(parentUid))) {
    throw publicError(404, "folder.notFound", "Not found");
  }
  Object.assign(folder, { parentUid, version: folder.version + 1, updated: state.now() });
  return { status: 200, body: folderBody(state, folder, login) };
}

function deleteFolder({ state, params, query }: Call): Answer {
  const folder = state.folders.get(params["uid"] ?? "");
  if (!folder) throw notFound();
  const uids = withChildren(state, folder.uid);
  const rules = [...state.rules.values()].filter(({ folderUID }) => uids.has(folderUID));
  if (rules.length > 0 && query.get("forceDeleteRules") !== "true") {
    throw publicError(400, "folder.not-empty", "Folder cannot be deleted: folder is not empty");
  }
  for (const { uid } of rules) state.rules.delete(uid);
  // Everything that lies in it goes with it, without a question.
  for (const board of [...state.dashboards.values()]) {
    if (uids.has(board.folderUid)) state.dashboards.delete(board.uid);
  }
  for (const uid of uids) state.folders.delete(uid);
  return { status: 200, body: { message: "Folder deleted" } };
}

function withChildren(state: GrafanaState, uid: string): Set<string> {
  const uids = new Set([uid]);
  for (let size = 0; size !== uids.size; ) {
    size = uids.size;
    for (const folder of state.folders.values()) {
      if (folder.parentUid !== undefined && uids.has(folder.parentUid)) uids.add(folder.uid);
    }
  }
  return uids;
}

function folderBody(state: GrafanaState, folder: StoredFolder, login: string): object {
  const parent = folder.parentUid === undefined ? undefined : state.folders.get(folder.parentUid);
  return {
    id: folder.id,
    uid: folder.uid,
    orgId: 0,
    title: folder.title,
    url: `/dashboards/f/${folder.uid}/${slug(folder.title)}`,
    hasAcl: false,
    canSave: true,
    canEdit: true,
    canAdmin: true,
    canDelete: true,
    createdBy: login,
    created: folder.created,
    updatedBy: login,
    updated: folder.updated,
    version: folder.version,
    ...(parent && { parentUid: parent.uid, parents: [folderBody(state, parent, login)] }),
  };
}

export function slug(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

/** Titles from the outermost: `A/B`, slashes in a title escaped (folder.Service, GetFullpath, 11.0). */
export function fullPath(state: GrafanaState, uid: string): string {
  const titles: string[] = [];
  for (
    let folder = state.folders.get(uid);
    folder;
    folder = state.folders.get(folder.parentUid ?? "")
  ) {
    titles.unshift(folder.title.replaceAll("/", "\\/"));
  }
  return titles.join("/");
}
