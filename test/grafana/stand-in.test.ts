import { afterEach, describe, expect, it } from "vitest";
import { type Grafana, type GrafanaOptions, startGrafana } from "../harness/grafana/grafana.ts";
import { expandText } from "../harness/grafana/load-files.ts";

let grafana: Grafana;
afterEach(() => grafana?.close().catch(() => undefined));

const open = async (options: GrafanaOptions = {}): Promise<void> => {
  grafana = await startGrafana(options);
};
const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${grafana.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${grafana.token}`, ...init.headers },
  });
const post = (path: string, body: unknown, method = "POST"): Promise<Response> =>
  ask(path, { method, body: JSON.stringify(body) });

describe("what it was never told of", () => {
  it.each([
    ["a route", () => ask("/api/nothing")],
    ["a parameter", () => ask("/api/folders?colour=red")],
    ["a field", () => post("/api/folders", { uid: "a", title: "a", colour: "red" })],
  ])("%s is 501, and the end of the test fails", async (_what, request) => {
    await open();
    expect((await request()).status).toBe(501);
    expect(grafana.unspecified).toHaveLength(1);
    await expect(grafana.close()).rejects.toThrow("never specified");
  });

  it("of another version is 404, as there", async () => {
    await open({ version: "11.6.0" });
    const path = "/apis/dashboard.grafana.app/v1/namespaces/default/dashboards";
    expect((await ask(path)).status).toBe(404);
    await expect(grafana.close()).resolves.toBeUndefined();
  });
});

describe("who asks", () => {
  it("gets 401 without a token and with a wrong one", async () => {
    await open();
    for (const headers of [{}, { authorization: "Bearer no" }, { authorization: "Basic eDp5" }]) {
      expect((await fetch(`${grafana.url}/api/org`, { headers })).status).toBe(401);
    }
  });

  it("gets 403 with the permission that is missing", async () => {
    await open({ role: "Viewer" });
    const answer = await post("/api/folders", { uid: "a", title: "a" });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("folders:create");
    await grafana.close();
    await open({ role: ["folders:create"] });
    expect((await post("/api/folders", { uid: "a", title: "a" })).status).toBe(200);
    expect((await ask("/api/folders")).status).toBe(403);
  });
});

describe("faults", () => {
  it("come as often as asked for, where they fit", async () => {
    await open();
    grafana.fail(
      { kind: "status", status: 429, headers: { "retry-after": "1" } },
      { method: "GET", path: /org/, times: 2 },
    );
    const statuses = [];
    for (const path of ["/api/folders", "/api/org", "/api/org", "/api/org"]) {
      statuses.push((await ask(path)).status);
    }
    expect(statuses).toEqual([200, 429, 429, 200]);
    expect(grafana.requests.map(({ status }) => status)).toEqual(statuses);
  });

  it("are a web page, silence, or a connection that is cut, with or without the work done", async () => {
    await open();
    grafana.fail({ kind: "html" });
    expect(await (await ask("/api/org")).text()).toContain("<html>");
    grafana.fail({ kind: "nothing" });
    await expect(ask("/api/org")).rejects.toThrow();
    for (const isDone of [false, true]) {
      grafana.fail({ kind: "cut", isDone });
      const answer = await post("/api/folders", { uid: `f-${isDone}`, title: `f-${isDone}` });
      await expect(answer.text()).rejects.toThrow();
      expect(grafana.state.folders.has(`f-${isDone}`)).toBe(isDone);
    }
  });

  it("make an answer wait", async () => {
    await open();
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    grafana.fail({ kind: "slow", release: promise });
    let isThere = false;
    const answer = ask("/api/org").then((response) => {
      isThere = true;
      return response.status;
    });
    expect((await ask("/api/org")).status).toBe(200);
    expect(isThere).toBe(false);
    resolve();
    expect(await answer).toBe(200);
  });
});

describe("the state of an alert", () => {
  const rule = {
    uid: "r",
    title: "r",
    folderUID: "f",
    ruleGroup: "g",
    condition: "A",
    data: [{ refId: "A", datasourceUid: "__expr__", model: { type: "math", expression: "1" } }],
    noDataState: "OK",
    execErrState: "Error",
    for: "0s",
  };
  const group = "/api/v1/provisioning/folder/f/rule-groups/g";

  it("is lost by any write of the rule, and told", async () => {
    await open();
    await post("/api/folders", { uid: "f", title: "f" });
    await post("/api/v1/provisioning/alert-rules", rule);
    grafana.setRuleState("r", "firing");
    await post("/api/v1/provisioning/alert-rules/r", rule, "PUT");
    expect([grafana.ruleState("r"), grafana.state.stateResets]).toEqual(["inactive", ["r"]]);
  });

  it("is kept where a group is written as it is, and lost with another interval", async () => {
    await open();
    await post("/api/folders", { uid: "f", title: "f" });
    await post("/api/v1/provisioning/alert-rules", rule);
    grafana.setRuleState("r", "firing");
    await post(group, { interval: 60 }, "PUT");
    expect(grafana.ruleState("r")).toBe("firing");
    await post(group, { interval: 120 }, "PUT");
    expect(grafana.ruleState("r")).toBe("inactive");
  });
});

describe("what a file wrote", () => {
  it("is of the file: the API is refused", async () => {
    await open();
    await post("/api/folders", { uid: "f", title: "f" });
    const point = { uid: "c", name: "c", type: "email", settings: { addresses: "a@example.org" } };
    await post("/api/v1/provisioning/contact-points", point);
    const [, stored] = grafana.state.alertmanager.integrations;
    if (!stored) throw new Error("no contact point");
    stored.provenance = "file";
    const refused = await post("/api/v1/provisioning/contact-points/c", point, "PUT");
    expect(refused.status).toBeGreaterThanOrEqual(400);
  });

  it("has its dollars expanded as Go does", () => {
    const env = { A: "a$B", B: "b", EMPTY: "" };
    const texts = [
      "$A",
      "${A}",
      "$__env{A}",
      "$$A",
      "$$$$",
      "$A$$",
      "x$",
      "$NONE.",
      "$ 5",
      "$EMPTY|",
    ];
    expect(texts.map((text) => expandText(text, env))).toEqual([
      ...["a$B", "ab", "ab", "$A", "$$", "a$B$", "x$", ".", "$ 5", "|"],
    ]);
  });
});
