import { expect } from "vitest";
import { type Case, created, PROVISIONING, rule } from "./cases.ts";

export const OBJECT_CASES: readonly Case[] = [
  {
    name: "a folder: uid and title once, written by its version or with overwrite",
    run: async ({ call }, { prefix }) => {
      const uid = `${prefix}-f`;
      const made = await call("POST", "/api/folders", { uid, title: `${prefix} f` });
      expect([made.status, made.body.version]).toEqual([200, 1]);
      expect((await call("POST", "/api/folders", { uid, title: `${prefix} g` })).status).toBe(412);
      const twin = await call("POST", "/api/folders", { uid: `${uid}2`, title: `${prefix} f` });
      expect(twin.status).toBe(409);
      for (const version of [undefined, 7]) {
        const reply = await call("PUT", `/api/folders/${uid}`, { title: `${prefix} h`, version });
        expect([reply.status, reply.body.status]).toEqual([412, "version-mismatch"]);
      }
      const forced = await call("PUT", `/api/folders/${uid}`, {
        title: `${prefix} h`,
        overwrite: true,
      });
      expect([forced.status, forced.body.title]).toEqual([200, `${prefix} h`]);
      const bad = await call("POST", "/api/folders", { uid: "a b", title: `${prefix} k` });
      expect(bad.status).toBe(400);
      expect((await call("DELETE", `/api/folders/${uid}`)).status).toBe(200);
      expect((await call("GET", `/api/folders/${uid}`)).status).toBe(404);
    },
  },
  {
    name: "a folder in a folder is listed below its parent and goes with it",
    skip: ({ hasNestedFolders }) => (hasNestedFolders ? undefined : "behind a toggle in 10.4"),
    run: async ({ call }, { prefix, folder }) => {
      const child = { uid: `${prefix}-kid`, title: "kid", parentUid: folder };
      const made = await call("POST", "/api/folders", child);
      expect([made.status, made.body.parentUid]).toEqual([200, folder]);
      const orphan = { uid: `${prefix}-k2`, title: "kid", parentUid: `${prefix}-none` };
      expect((await call("POST", "/api/folders", orphan)).status).toBe(404);
      const list = await call("GET", `/api/folders?parentUid=${folder}`);
      expect(list.body.map(({ uid }: { uid: string }) => uid)).toEqual([`${prefix}-kid`]);
      const top = await call("GET", "/api/folders?limit=1000");
      expect(top.body.map(({ uid }: { uid: string }) => uid)).not.toContain(`${prefix}-kid`);
      await call("DELETE", `/api/folders/${folder}`);
      expect((await call("GET", `/api/folders/${prefix}-kid`)).status).toBe(404);
    },
  },
  {
    name: "a folder with rules is not deleted unless that is asked for",
    run: async (grafana, own) => {
      await created(grafana, rule(own));
      expect((await grafana.call("DELETE", `/api/folders/${own.folder}`)).status).toBe(400);
      const path = `/api/folders/${own.folder}?forceDeleteRules=true`;
      expect((await grafana.call("DELETE", path)).status).toBe(200);
      const read = await grafana.call("GET", `${PROVISIONING}/alert-rules/${own.prefix}-r`);
      expect(read.status).toBe(404);
    },
  },
  {
    name: "a dashboard is written by its version; a title is there once in a folder",
    skip: ({ dashboardApi }) => (dashboardApi === "v1" ? "by /apis in 13" : undefined),
    run: async ({ call }, { prefix, folder }) => {
      const save = (dashboard: object, overwrite = false) =>
        call("POST", "/api/dashboards/db", { dashboard, folderUid: folder, overwrite });
      const board = { uid: `${prefix}-d`, title: `${prefix} d`, panels: [], tags: ["x"] };
      expect((await save(board)).body).toMatchObject({ status: "success", version: 1 });
      const stale = await save({ ...board, version: 9 });
      expect([stale.status, stale.body.status]).toEqual([412, "version-mismatch"]);
      const changed = await save({ ...board, panels: [{ id: 1, type: "text" }], version: 1 });
      expect(changed.body).toMatchObject({ version: 2 });
      const twin = await save({ ...board, uid: `${prefix}-d2` });
      expect([twin.status, twin.body.status]).toEqual([412, "name-exists"]);
      expect((await save({ ...board, title: "" })).status).toBe(400);
      const read = await call("GET", `/api/dashboards/uid/${prefix}-d`);
      expect(read.body.meta).toMatchObject({ folderUid: folder, provisioned: false, version: 2 });
      expect(read.body.dashboard).toMatchObject({ uid: `${prefix}-d`, version: 2 });
      const hits = await call("GET", `/api/search?type=dash-db&folderUIDs=${folder}`);
      expect(hits.body).toEqual([
        expect.objectContaining({ uid: `${prefix}-d`, folderUid: folder, tags: ["x"] }),
      ]);
      expect((await call("DELETE", `/api/dashboards/uid/${prefix}-d`)).status).toBe(200);
      expect((await call("GET", `/api/dashboards/uid/${prefix}-d`)).status).toBe(404);
    },
  },
  {
    name: "a list of dashboards has no page beyond 5000",
    run: async ({ call }) => {
      expect((await call("GET", "/api/search?limit=5001")).status).toBe(422);
    },
  },
  {
    name: "a dashboard of /apis is written by its resourceVersion, in pages",
    skip: ({ dashboardApi }) => (dashboardApi ? undefined : "since 12.0"),
    run: async ({ call, profile }, { prefix, folder }) => {
      const path = `/apis/dashboard.grafana.app/${profile.dashboardApi}/namespaces/default/dashboards`;
      const object = (uid: string, more: object = {}) => ({
        apiVersion: `dashboard.grafana.app/${profile.dashboardApi}`,
        kind: "Dashboard",
        metadata: { name: uid, annotations: { "grafana.app/folder": folder }, ...more },
        spec: { title: uid, panels: [] },
      });
      const made = await call("POST", path, object(`${prefix}-a`));
      expect(made.status).toBe(201);
      expect((await call("POST", path, object(`${prefix}-a`))).status).toBe(409);
      expect((await call("POST", path, object(`${prefix}-b`))).status).toBe(201);
      const stale = object(`${prefix}-a`, { resourceVersion: "1" });
      expect((await call("PUT", `${path}/${prefix}-a`, stale)).status).toBe(409);
      const { resourceVersion } = made.body.metadata;
      const fresh = object(`${prefix}-a`, { resourceVersion });
      expect((await call("PUT", `${path}/${prefix}-a`, fresh)).status).toBe(200);
      const uids: string[] = [];
      let token = "";
      do {
        const page = await call("GET", `${path}?limit=1${token && `&continue=${token}`}`);
        uids.push(
          ...page.body.items.map((item: { metadata: { name: string } }) => item.metadata.name),
        );
        token = page.body.metadata.continue ?? "";
      } while (token !== "");
      expect(uids).toEqual(expect.arrayContaining([`${prefix}-a`, `${prefix}-b`]));
      for (const name of ["a", "b"]) {
        expect((await call("DELETE", `${path}/${prefix}-${name}`)).status).toBe(200);
      }
    },
  },
  {
    name: "a data source: name and uid once, secrets never shown",
    run: async ({ call }, { prefix }) => {
      const source = {
        uid: `${prefix}-ds`,
        name: `${prefix} ds`,
        type: "prometheus",
        access: "proxy",
        url: "http://127.0.0.1:9",
        secureJsonData: { httpHeaderValue1: "CANARY" },
      };
      const made = await call("POST", "/api/datasources", source);
      expect([made.status, made.body.message]).toEqual([200, "Datasource added"]);
      const name = await call("POST", "/api/datasources", { ...source, uid: `${prefix}-ds2` });
      expect(name.status).toBe(409);
      const uid = await call("POST", "/api/datasources", { ...source, name: `${prefix} ds2` });
      expect(uid.status).toBe(409);
      const read = await call("GET", `/api/datasources/uid/${prefix}-ds`);
      expect(read.body.secureJsonFields).toEqual({ httpHeaderValue1: true });
      expect(JSON.stringify(read.body)).not.toContain("CANARY");
      expect((await call("DELETE", `/api/datasources/uid/${prefix}-ds`)).status).toBe(200);
      expect((await call("GET", `/api/datasources/uid/${prefix}-ds`)).status).toBe(404);
    },
  },
  {
    name: "a wrong token is 401",
    run: async ({ call }) => {
      const reply = await call("GET", "/api/org", undefined, { authorization: "Bearer glsa_none" });
      expect([reply.status, reply.body.messageId]).toEqual([401, "api-key.invalid"]);
    },
  },
];
