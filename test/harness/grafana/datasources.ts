import { type Answer, refuse } from "./answer.ts";
import { isObject, objectBody, textOf } from "./body.ts";
import type { Call, Route } from "./route.ts";
import type { GrafanaState, JsonObject, StoredDatasource } from "./state.ts";

const SOURCE = "pkg/api/datasources.go; seen on 10.4.3 and 11.0.0";
const FIELDS = [
  ...["name", "uid", "type", "access", "url", "user", "database", "basicAuth", "basicAuthUser"],
  ...["withCredentials", "isDefault", "jsonData", "secureJsonData", "version"],
];

export const datasourceRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/datasources",
    actions: ["datasources:read"],
    source: SOURCE,
    handle: listDatasources,
  },
  {
    method: "POST",
    path: "/api/datasources",
    actions: ["datasources:create"],
    fields: FIELDS,
    source: SOURCE,
    handle: createDatasource,
  },
  {
    method: "GET",
    path: "/api/datasources/uid/:uid",
    actions: ["datasources:read"],
    source: SOURCE,
    handle: readDatasource,
  },
  {
    method: "PUT",
    path: "/api/datasources/uid/:uid",
    actions: ["datasources:write"],
    fields: FIELDS,
    source: SOURCE,
    handle: updateDatasource,
  },
  {
    method: "DELETE",
    path: "/api/datasources/uid/:uid",
    actions: ["datasources:delete"],
    source: SOURCE,
    handle: deleteDatasource,
  },
];

function notFound(): Error {
  return refuse(404, "Data source not found");
}

function listDatasources({ state }: Call): Answer {
  const sources = [...state.datasources.values()].toSorted((left, right) =>
    textOf(left.fields, "name").toLowerCase() < textOf(right.fields, "name").toLowerCase() ? -1 : 1,
  );
  return {
    status: 200,
    body: sources.map(({ id, uid, fields, readOnly }) => ({
      id,
      uid,
      orgId: 1,
      name: fields["name"],
      type: fields["type"],
      typeName: fields["type"],
      typeLogoUrl: "",
      access: fields["access"],
      url: fields["url"] ?? "",
      user: fields["user"] ?? "",
      database: fields["database"] ?? "",
      basicAuth: fields["basicAuth"] ?? false,
      isDefault: fields["isDefault"] ?? false,
      jsonData: fields["jsonData"] ?? {},
      readOnly,
    })),
  };
}

function detail({ id, uid, fields, secrets, version, readOnly }: StoredDatasource): JsonObject {
  return {
    id,
    uid,
    orgId: 1,
    name: fields["name"],
    type: fields["type"],
    typeLogoUrl: "",
    access: fields["access"],
    url: fields["url"] ?? "",
    user: fields["user"] ?? "",
    database: fields["database"] ?? "",
    basicAuth: fields["basicAuth"] ?? false,
    basicAuthUser: fields["basicAuthUser"] ?? "",
    withCredentials: fields["withCredentials"] ?? false,
    isDefault: fields["isDefault"] ?? false,
    jsonData: fields["jsonData"] ?? {},
    secureJsonFields: Object.fromEntries([...secrets].map((name) => [name, true])),
    version,
    readOnly,
  };
}

function createDatasource({ state, body }: Call): Answer {
  const given = objectBody(body);
  const uid = textOf(given, "uid") || `d${state.nextId()}`;
  checkUid(state, uid);
  checkTwins(state, given, uid);
  if (state.datasources.has(uid)) {
    throw refuse(409, "data source with the same uid already exists", { traceID: "" });
  }
  const fields = datasourceFields(given, state.datasources.size === 0);
  const source: StoredDatasource = {
    id: state.nextId(),
    uid,
    fields,
    secrets: new Set(Object.keys(secretsOf(given))),
    version: 1,
    readOnly: false,
  };
  state.datasources.set(uid, source);
  return {
    status: 200,
    body: {
      datasource: detail(source),
      id: source.id,
      message: "Datasource added",
      name: fields["name"],
    },
  };
}

function datasourceFields(given: JsonObject, isFirst: boolean): JsonObject {
  const { secureJsonData: _, uid: _uid, version: _version, ...fields } = given;
  if (
    textOf(given, "name") === "" ||
    textOf(given, "type") === "" ||
    textOf(given, "access") === ""
  ) {
    throw refuse(400, "bad request data", { traceID: "" });
  }
  // The first one is everybody's, unless it says otherwise (seen on both).
  return { ...fields, isDefault: fields["isDefault"] ?? isFirst };
}

function secretsOf(given: JsonObject): JsonObject {
  const secrets = given["secureJsonData"];
  return isObject(secrets) ? secrets : {};
}

/** failWrongDSUID, 12.0 (upgrade guide). */
function checkUid({ profile }: GrafanaState, uid: string): void {
  if (profile.checksDatasourceUid && !/^[a-zA-Z0-9\-_]{1,40}$/.test(uid)) {
    throw refuse(400, "Invalid datasource UID", { traceID: "" });
  }
}

function checkTwins(state: GrafanaState, given: JsonObject, uid: string): void {
  const name = textOf(given, "name");
  const twin = [...state.datasources.values()].some(
    (other) => other.uid !== uid && other.fields["name"] === name,
  );
  if (twin) {
    throw refuse(409, "data source with the same name already exists", { traceID: "" });
  }
}

function readDatasource({ state, params }: Call): Answer {
  const source = state.datasources.get(params["uid"] ?? "");
  if (!source) throw notFound();
  return { status: 200, body: detail(source) };
}

function updateDatasource({ state, params, body }: Call): Answer {
  const given = objectBody(body);
  const source = state.datasources.get(params["uid"] ?? "");
  if (!source) throw notFound();
  if (source.readOnly) throw refuse(403, "Cannot update read-only data source");
  checkTwins(state, given, source.uid);
  source.fields = datasourceFields(given, false);
  for (const name of Object.keys(secretsOf(given))) source.secrets.add(name);
  source.version += 1;
  return {
    status: 200,
    body: {
      datasource: detail(source),
      id: source.id,
      message: "Datasource updated",
      name: source.fields["name"],
    },
  };
}

function deleteDatasource({ state, params }: Call): Answer {
  const source = state.datasources.get(params["uid"] ?? "");
  if (!source) throw notFound();
  if (source.readOnly) throw refuse(403, "Cannot delete read-only data source");
  state.datasources.delete(source.uid);
  return { status: 200, body: { message: "Data source deleted", id: source.id } };
}
