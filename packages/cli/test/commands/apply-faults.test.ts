import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EXIT } from "@sightline/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Grafana, startGrafana } from "../../../../test/harness/grafana/grafana.ts";
import {
  CANARY,
  createGrafanaProject,
  type GrafanaProject,
  type RunResult,
} from "../support/grafana-project.ts";

let grafana: Grafana;
let project: GrafanaProject;

beforeEach(async () => {
  grafana = await startGrafana();
  project = createGrafanaProject(grafana);
});
afterEach(async () => {
  project.remove();
  await grafana.close();
});

const RULES = /^\/api\/v1\/provisioning\/alert-rules$/;
const both = ({ out, err }: RunResult): string => `${out}\n${err}`;
const applyUntilDone = async (): Promise<void> => {
  const again = await project.run(["apply", "--yes"]);
  expect([again.code, both(again)]).toEqual([EXIT.ok, expect.not.stringContaining("failed:")]);
  expect(await project.run(["plan"])).toMatchObject({ code: EXIT.ok });
};

describe("a Grafana that cannot be read", () => {
  it("says that the token is wrong, and exits with 6", async () => {
    const wrong = { env: { GRAFANA_TOKEN: "glsa_wrongCANARYTOKEN" } };
    const result = await project.run(["plan"], wrong);
    expect(result.code).toBe(EXIT.notAuthorised);
    expect(result.err).toContain("401 Invalid API key");
    expect(result.err).toContain("make one for a service account");
    expect(both(result)).not.toContain("CANARYTOKEN");
  });

  it("names the variable of a token that is not set", async () => {
    const result = await project.run(["plan"], { env: { GRAFANA_TOKEN: "" } });
    expect([result.code, result.err]).toEqual([
      EXIT.notAuthorised,
      expect.stringContaining("${env:GRAFANA_TOKEN}"),
    ]);
  });

  it("names the permissions that are missing, all at once", async () => {
    await grafana.close();
    grafana = await startGrafana({ role: ["orgs:read", "folders:read", "dashboards:read"] });
    project.remove();
    project = createGrafanaProject(grafana);
    const result = await project.run(["plan"]);
    expect(result.code).toBe(EXIT.notAuthorised);
    expect(result.err).toContain("contact-points: 403");
    expect(result.err).toContain("mute-timings: 403");
    expect(result.err).toContain("alert.provisioning:read");
  });

  it("finds the version where the health page hides it", async () => {
    grafana.fail({ kind: "status", status: 200 }, { path: /health/ });
    const { code, out } = await project.run(["plan"]);
    expect([code, out]).toEqual([EXIT.changes, expect.stringContaining("Grafana 12.4.0")]);
  });

  it("refuses a version that it cannot work with", async () => {
    const server = createServer((_, response) => {
      response.end('{"database":"ok","version":"9.5.21"}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const old = createGrafanaProject({ url: `http://127.0.0.1:${port}`, token: "x" });
    const { code, err } = await old.run(["plan"]);
    old.remove();
    server.close();
    expect([code, err]).toEqual([
      EXIT.unsupportedVersion,
      "sightline: this is Grafana 9.5.21; expected Grafana 11, 12 or 13\n",
    ]);
  });

  it.each([
    [{ kind: "html" } as const, "the answer is a web page", EXIT.failure],
    [
      {
        kind: "status",
        status: 302,
        headers: { location: "https://sso.example/login?next=1" },
      } as const,
      "sent on to https://sso.example/login",
      EXIT.failure,
    ],
    [{ kind: "status", status: 500 } as const, "500 fault 500", EXIT.noAnswer],
    [{ kind: "status", status: 404 } as const, "404 fault 404", EXIT.failure],
  ])("says what came in place of an answer: %j", async (fault, text, code) => {
    grafana.fail(fault, { path: RULES, times: 10 });
    const result = await project.run(["plan"]);
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(text)]);
    expect(result.err).not.toContain("a fault of ours");
  });

  it.each([
    [{ kind: "nothing" } as const],
    [{ kind: "cut", isDone: true } as const],
    [{ kind: "status", status: 502 } as const],
    [{ kind: "status", status: 503 } as const],
    [{ kind: "status", status: 429, headers: { "retry-after": "0" } } as const],
    [{ kind: "status", status: 500, message: "database is locked" } as const],
  ])("asks again after %j", async (fault) => {
    grafana.fail(fault, { path: RULES });
    expect(await project.run(["plan"])).toMatchObject({ code: EXIT.changes });
  });

  it("does not wait for an hour because a server asks for it", async () => {
    const fault = { kind: "status", status: 429, headers: { "retry-after": "3600" } } as const;
    grafana.fail(fault, { path: RULES, times: 10 });
    expect(await project.run(["plan"])).toMatchObject({ code: EXIT.noAnswer });
    expect(grafana.requests.filter(({ path }) => RULES.test(path))).toHaveLength(1);
  });

  it("says that nothing listens, with the address and without its password", async () => {
    const gone = createGrafanaProject({ url: "http://me:CANARYPASSWORD@127.0.0.1:9", token: "" });
    const result = await gone.run(["plan"], { env: { GRAFANA_TOKEN: "x" } });
    gone.remove();
    expect(result.code).toBe(EXIT.noAnswer);
    expect(result.err).toContain("nothing listens at http://127.0.0.1:9");
    expect(both(result)).not.toContain("CANARYPASSWORD");
  });
});

describe("a Grafana that refuses a write", () => {
  it.each([
    [400, "failed"],
    [403, "failed"],
    [404, "failed"],
    [409, "failed"],
    [412, "failed"],
    [500, "failed"],
  ])(
    "tells which rule got %i, does the others, and goes on the next time",
    async (status, word) => {
      grafana.fail({ kind: "status", status }, { method: "POST", path: RULES });
      const result = await project.run(["apply", "--yes"]);
      expect(result.code).toBe(EXIT.partlyApplied);
      expect(result.err).toContain(`${word}: POST /api/v1/provisioning/alert-rules: ${status}`);
      expect(result.out).toContain(" 1 failed, 0 skipped");
      await applyUntilDone();
    },
  );

  it("leaves out only what depends on what failed", async () => {
    grafana.fail(
      { kind: "status", status: 400, message: "invalid settings" },
      { method: "POST", path: /contact-points$/ },
    );
    const result = await project.run(["apply", "--yes"]);
    expect(result.code).toBe(EXIT.partlyApplied);
    expect(result.err).toMatch(/contact points: ops {2}failed: .*400 invalid settings/);
    expect(result.err).toMatch(/routes: .* skipped: contact-point "ops" was not stored/);
    expect(result.err).toMatch(/alert rules: Payments fail {2}added/);
    await applyUntilDone();
  });

  it("leaves out rules and dashboards of a folder that failed", async () => {
    grafana.fail({ kind: "status", status: 500 }, { method: "POST", path: /^\/api\/folders/ });
    const result = await project.run(["apply", "--yes"]);
    expect(result.code).toBe(EXIT.partlyApplied);
    expect(result.err).toMatch(/Payments fail {2}skipped: folder "Sightline" was not stored/);
    expect(grafana.state.rules.size).toBe(0);
    await applyUntilDone();
  });

  it("writes nothing where it cannot even note what is ours", async () => {
    grafana.fail({ kind: "status", status: 403 }, { method: "PUT", path: /templates/ });
    const result = await project.run(["apply", "--yes"]);
    expect(result.code).toBe(EXIT.failure);
    expect(grafana.writes().filter(({ status }) => status < 300)).toEqual([]);
    await applyUntilDone();
  });

  it("takes up a lost race for the one Alertmanager configuration", async () => {
    grafana.fail({ kind: "status", status: 409 }, { method: "PUT", path: /policies/, times: 2 });
    expect(await project.run(["apply", "--yes"])).toMatchObject({ code: EXIT.ok });
  });

  it("merges its routes into the tree that others changed in between", async () => {
    await project.run(["apply", "--yes"]);
    project.write({
      more: "routes: [{match: {severity: critical}, tell: chat}]",
    });
    grafana.fail({ kind: "status", status: 409 }, { method: "PUT", path: /policies/ });
    const theirs = { receiver: "ops", object_matchers: [["team", "=", "theirs"]] };
    const route = grafana.state.alertmanager.route;
    route["routes"] = [...((route["routes"] as object[]) ?? []), theirs];
    const result = await project.run(["apply", "--yes"]);
    expect([result.code, result.err]).toEqual([EXIT.ok, expect.not.stringContaining("failed")]);
    expect(grafana.state.alertmanager.route["routes"]).toContainEqual(
      expect.objectContaining({ object_matchers: [["team", "=", "theirs"]] }),
    );
  });
});

describe("a connection that is cut in the middle of apply", () => {
  it.each([true, false])("converges, whether the write was done (%s) or not", async (isDone) => {
    grafana.fail({ kind: "cut", isDone }, { method: "POST", path: RULES });
    const result = await project.run(["apply", "--yes"]);
    // Done and lost on the way back: it is looked up, and counts as done.
    expect(result.code).toBe(isDone ? EXIT.ok : EXIT.partlyApplied);
    if (!isDone) expect(result.err).toContain("it may or may not be stored");
    await applyUntilDone();
  });

  it.each(["folders", "templates", "contact-points", "policies", "alert-rules", "dashboards"])(
    "shows the truth in the next plan, cut at %s",
    async (kind) => {
      grafana.fail({ kind: "nothing" }, { path: new RegExp(kind), method: "POST", times: 1 });
      grafana.fail({ kind: "nothing" }, { path: new RegExp(kind), method: "PUT", times: 1 });
      await project.run(["apply", "--yes"]);
      await applyUntilDone();
    },
  );
});

describe("two applies at once", () => {
  it.each(["11.0.0", "12.4.0", "13.0.0"])("end in one consistent Grafana %s", async (version) => {
    await grafana.close();
    grafana = await startGrafana({ version });
    project.remove();
    project = createGrafanaProject(grafana);
    await Promise.all([project.run(["apply", "--yes"]), project.run(["apply", "--yes"])]);
    await applyUntilDone();
    const names = grafana.state.alertmanager.integrations.map(({ uid }) => uid);
    expect(new Set(names).size).toBe(names.length);
    const ours = (grafana.state.alertmanager.route["routes"] as object[]).length;
    expect(ours).toBe(1);
  });
});

describe("four projects that are applied at once", () => {
  it.each(["11.0.0", "12.4.0", "13.0.0"])("all arrive on %s", async (version) => {
    await grafana.close();
    grafana = await startGrafana({ version });
    const projects = ["one", "two", "three", "four"].map((name) =>
      createGrafanaProject(grafana, {
        project: name,
        alerts: `  - {name: Alert ${name}, promql: up == 0, tell: ops}`,
      }),
    );
    // What all have alike is there before, as it is from the second apply on.
    await projects[0]?.run(["apply", "--yes"]);
    const done = await Promise.all(projects.map((one) => one.run(["apply", "--yes"])));
    expect(done.map(({ code, err }) => [code, err.match(/failed: .*/)?.[0]])).toEqual(
      done.map(() => [EXIT.ok, undefined]),
    );
    for (const one of projects) {
      expect(await one.run(["plan"])).toMatchObject({ code: EXIT.ok });
      one.remove();
    }
    expect(grafana.state.alertmanager.route["routes"]).toHaveLength(4);
  });
});

describe("Ctrl-C in the middle of apply", () => {
  it("finishes what is under way, says what is left, and exits with 130", async () => {
    let interrupt = (): void => undefined;
    const onInterrupt = (handler: () => void) => {
      interrupt = handler;
      return () => undefined;
    };
    let goOn = (): void => undefined;
    const release = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const onArrival = () => {
      interrupt();
      goOn();
    };
    const template = { method: "PUT", path: /templates\/sightline$/ };
    grafana.fail({ kind: "slow", release, onArrival }, template);
    const result = await project.run(["apply", "--yes"], { io: { onInterrupt } });
    expect(result.code).toBe(EXIT.interrupted);
    expect(result.err).toMatch(/message templates: sightline {2}added/);
    expect(result.err).toContain("skipped: interrupted");
    expect(result.out).toContain("plan shows what is left");
    expect(grafana.state.rules.size).toBe(0);
    await applyUntilDone();
  });
});

describe("secrets", () => {
  const everything: string[] = [];

  it("are in no output, plan or record of any command", async () => {
    const plan = `${project.folder}/plan.json`;
    for (const args of [
      ["plan"],
      ["plan", "--json"],
      ["plan", "--format", "markdown"],
      ["plan", "--out", plan],
      ["apply", plan, "--json"],
      ["drift", "--json"],
    ]) {
      everything.push(both(await project.run(args)));
    }
    grafana.fail({ kind: "status", status: 400 }, { path: /contact-points/, method: "PUT" });
    everything.push(
      both(await project.run(["apply", "--yes"], { env: { SLACK_WEBHOOK_URL: `${CANARY}2` } })),
    );
    const { readFileSync } = await import("node:fs");
    everything.push(readFileSync(plan, "utf8"));
    everything.push(JSON.stringify(grafana.state.alertmanager.templates));
    expect(everything.join("\n")).not.toContain("CANARYcanary");
    expect(everything.join("\n")).not.toContain(grafana.token);
    const stored = grafana.state.alertmanager.integrations.flatMap(({ secrets }) => [
      ...secrets.values(),
    ]);
    expect(stored).toContain(CANARY);
  });

  it("are sent again once they are others, in one write and its record", async () => {
    await project.run(["apply", "--yes"]);
    const env = { SLACK_WEBHOOK_URL: `${CANARY}-rotated` };
    const plan = await project.run(["plan"], { env });
    expect(plan.code).toBe(EXIT.changes);
    expect(plan.out).toContain("secret is sent again");
    grafana.clearRequests();
    expect(await project.run(["apply", "--yes"], { env })).toMatchObject({ code: EXIT.ok });
    expect(grafana.writes().map(({ method, path }) => `${method} ${path}`)).toEqual([
      expect.stringMatching(/^PUT .*contact-points/),
      "PUT /api/v1/provisioning/templates/sightline-demo",
    ]);
    expect(await project.run(["plan"], { env })).toMatchObject({ code: EXIT.ok });
  });

  it("stay as they are stored where the value is not at hand", async () => {
    await project.run(["apply", "--yes"]);
    const env = { SLACK_WEBHOOK_URL: undefined };
    const plan = await project.run(["plan"], { env });
    expect(plan.code).toBe(EXIT.ok);
    expect(plan.out).toContain("1 secret not compared");
  });

  it("that are missing for something new fail that alone, by name", async () => {
    const env = { SLACK_WEBHOOK_URL: undefined };
    const result = await project.run(["apply", "--yes"], { env });
    expect(result.code).toBe(EXIT.partlyApplied);
    expect(result.err).toContain("${env:SLACK_WEBHOOK_URL}: the variable is not set");
    expect(result.err).toMatch(/contact points: ops {2}added/);
  });
});

describe("what a server does not hide although it is a secret here", () => {
  const hook = "https://example.org/hook?key=CANARYHOOK";
  const options = { env: { HOOK: hook } };

  beforeEach(() => {
    project.write({
      contacts: '[{name: ops, webhook: {url: "${env:HOOK}"}}]',
      alerts: "  - {name: A, promql: up == 0, tell: ops}",
    });
  });

  it("is compared itself, and shown by nobody", async () => {
    expect(await project.run(["apply", "--yes"], options)).toMatchObject({ code: EXIT.ok });
    const [webhook] = grafana.state.alertmanager.integrations.filter(
      ({ type }) => type === "webhook",
    );
    expect(webhook?.settings["url"]).toBe(hook);
    Object.assign(webhook?.settings ?? {}, { url: "https://evil.example/CANARYHOOK2" });
    const { code, out, err } = await project.run(["plan", "--json"], options);
    expect(code).toBe(EXIT.changes);
    expect(out + err).not.toContain("CANARYHOOK");
    expect(await project.run(["apply", "--yes"], options)).toMatchObject({ code: EXIT.ok });
    expect(webhook?.settings["url"]).not.toContain("evil");
  });
});

describe("what a server hides although the file says it plainly", () => {
  const jira = (user: string): void =>
    project.write({
      contacts: `[{name: ops, jira: {url: "https://jira.example.org/rest/api/2", project: P, issue_type: Bug, user: ${user}, password: "\${env:SLACK_WEBHOOK_URL}"}}]`,
      alerts: "  - {name: A, promql: up == 0, tell: ops}",
    });

  it("is no change while it is the same, and one write when it is another", async () => {
    jira("ada");
    expect(await project.run(["apply", "--yes"])).toMatchObject({ code: EXIT.ok });
    expect(await project.run(["plan"])).toMatchObject({ code: EXIT.ok });
    jira("grace");
    expect(await project.run(["plan"])).toMatchObject({ code: EXIT.changes });
    expect(await project.run(["apply", "--yes"])).toMatchObject({ code: EXIT.ok });
    expect(await project.run(["plan"])).toMatchObject({ code: EXIT.ok });
  });
});
