import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ALERT_LABEL, EXIT } from "@sightline/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Grafana, startGrafana } from "../../../../test/harness/grafana/grafana.ts";
import type { StoredRule } from "../../../../test/harness/grafana/state.ts";
import { createGrafanaProject, type GrafanaProject } from "../support/grafana-project.ts";

let grafana: Grafana;
let project: GrafanaProject;

const open = async (version: string): Promise<void> => {
  grafana = await startGrafana({ version });
  project = createGrafanaProject(grafana);
};
const writes = (): readonly string[] =>
  grafana.writes().map(({ method, path }) => `${method} ${path}`);
/** Alert rules; recording rules are there for the dashboards, whatever the file says. */
const alertRules = (): readonly StoredRule[] =>
  [...grafana.state.rules.values()].filter(({ fields }) => fields["record"] === undefined);
const firstRule = (): StoredRule => {
  const [rule] = alertRules();
  if (!rule) throw new Error("there is no rule");
  return rule;
};
const RULES = "/api/v1/provisioning/alert-rules";

afterEach(async () => {
  project.remove();
  await grafana.close();
});

describe.each(["11.0.0", "11.6.0", "12.0.0", "12.4.0", "13.0.0", "13.2.0"])(
  "apply to Grafana %s",
  (version) => {
    beforeEach(() => open(version));

    it("stores everything, reads it back, and then has nothing to do", async () => {
      const first = await project.run(["apply", "--yes"]);
      expect(first.err).not.toContain("failed");
      expect(first.code).toBe(EXIT.ok);
      expect(await project.run(["plan"])).toMatchObject({ code: EXIT.ok });
      expect(await project.run(["drift"])).toMatchObject({ code: EXIT.ok });
    });

    it("sends no write without changes, so that a firing alert goes on firing", async () => {
      await project.run(["apply", "--yes"]);
      const { uid } = firstRule();
      grafana.setRuleState(uid, "firing");
      grafana.clearRequests();
      expect(await project.run(["apply", "--yes"])).toMatchObject({ code: EXIT.ok });
      expect(writes()).toEqual([]);
      expect(grafana.ruleState(uid)).toBe("firing");
    });

    it("sends one write for one change", async () => {
      await project.run(["apply", "--yes"]);
      project.write({ when: "more than 7 in 10m" });
      grafana.clearRequests();
      expect(await project.run(["apply", "--yes"])).toMatchObject({ code: EXIT.ok });
      expect(writes()).toHaveLength(1);
      expect(writes()[0]).toMatch(/^PUT \/api\/v1\/provisioning\/alert-rules\/[\w-]+$/);
    });

    it("plans in lists: at most 12 requests, and one for each dashboard before 12.0", async () => {
      await project.run(["apply", "--yes"]);
      grafana.clearRequests();
      await project.run(["plan"]);
      const single = grafana.requests.filter(({ path }) => path.startsWith("/api/dashboards/uid/"));
      expect(grafana.requests.length - single.length).toBeLessThanOrEqual(12);
      const isOneByOne = version.startsWith("11.");
      expect(single.length).toBe(isOneByOne ? grafana.state.dashboards.size : 0);
    });
  },
);

describe("what apply asks for before it writes", () => {
  beforeEach(() => open("12.4.0"));

  it("wants --yes where nobody can answer", async () => {
    const { code, err } = await project.run(["apply"]);
    expect(code).toBe(EXIT.usage);
    expect(err).toContain("apply --yes");
    expect(writes()).toEqual([]);
  });

  it("asks on a terminal, and writes nothing after a no", async () => {
    const questions: string[] = [];
    const ask = async (question: string): Promise<string> => {
      questions.push(question);
      return "n";
    };
    expect(await project.run(["apply"], { io: { ask } })).toMatchObject({ code: EXIT.failure });
    expect(questions).toEqual(["apply this to prod? [y/N] "]);
    expect(writes()).toEqual([]);
  });

  it("refuses what changed while somebody thought about it", async () => {
    await project.run(["apply", "--yes"]);
    project.write({ when: "more than 7 in 10m" });
    grafana.clearRequests();
    const ask = async (): Promise<string> => {
      Object.assign(firstRule().fields, { for: "17m" });
      return "y";
    };
    const { code, err } = await project.run(["apply"], { io: { ask } });
    expect(err).toContain("stale");
    expect(code).toBe(EXIT.stalePlan);
    expect(writes()).toEqual([]);
  });

  it("carries out a kept plan without asking, and refuses it once it is stale", async () => {
    const plan = join(project.folder, "plan.json");
    expect(await project.run(["plan", "--out", plan])).toMatchObject({ code: EXIT.changes });
    expect(await project.run(["apply", plan])).toMatchObject({ code: EXIT.ok });
    grafana.clearRequests();
    const { code, err } = await project.run(["apply", plan]);
    expect(code).toBe(EXIT.stalePlan);
    expect(err).toContain("nothing was written");
    expect(writes()).toEqual([]);
  });

  it("takes a token in place of the file", async () => {
    const { out } = await project.run(["plan", "--json"]);
    const { token } = JSON.parse(out) as { token: string };
    expect(await project.run(["apply", "--token", `${token}0`])).toMatchObject({
      code: EXIT.stalePlan,
    });
    expect(await project.run(["apply", "--token", token])).toMatchObject({ code: EXIT.ok });
  });

  it("gives the same token where the secrets are not at hand", async () => {
    await project.run(["apply", "--yes"]);
    project.write({ when: "more than 7 in 10m" });
    const withSecret = JSON.parse((await project.run(["plan", "--json"])).out);
    const without = JSON.parse(
      (await project.run(["plan", "--json"], { env: { SLACK_WEBHOOK_URL: undefined } })).out,
    );
    expect(without.token).toBe(withSecret.token);
    expect(without.unknownSecrets).toHaveLength(1);
  });

  it("shows the plan and writes nothing with --dry-run", async () => {
    expect(await project.run(["apply", "--dry-run"])).toMatchObject({ code: EXIT.changes });
    expect(writes()).toEqual([]);
  });

  it("says what is wrong with a file that is no plan", async () => {
    const file = join(project.folder, "other.json");
    writeFileSync(file, '{"format":"sightline-plan-1"}');
    const { code, err } = await project.run(["apply", file]);
    expect([code, err]).toEqual([EXIT.failure, expect.stringContaining("is no plan")]);
  });
});

describe("what apply leaves alone", () => {
  beforeEach(() => open("12.4.0"));

  it("keeps rules, dashboards, contact points and routes of others, with --prune too", async () => {
    await seedForeign(grafana);
    await project.run(["apply", "--yes"]);
    project.write({ alerts: "  []" });
    const { code, err } = await project.run(["apply", "--yes", "--prune-all"]);
    expect([code, err]).toEqual([EXIT.ok, expect.not.stringContaining("failed")]);
    expect(alertRules().map(({ uid }) => uid)).toEqual(["theirs"]);
    expect(grafana.state.dashboards.has("theirs")).toBe(true);
    const tree = await get(grafana, "/api/v1/provisioning/policies");
    expect(tree).toMatchObject({
      receiver: "theirs",
      group_by: ["cluster"],
      routes: expect.arrayContaining([
        expect.objectContaining({ object_matchers: [["team", "=", "theirs"]] }),
      ]),
    });
  });

  it("puts its routes before those of others", async () => {
    await seedForeign(grafana);
    await project.run(["apply", "--yes"]);
    const { routes } = (await get(grafana, "/api/v1/provisioning/policies")) as {
      routes: { object_matchers: string[][] }[];
    };
    const labels = routes.map(({ object_matchers: [first] }) => first?.[0]);
    expect(labels.at(-1)).toBe("team");
    expect(labels[0]).toBe(ALERT_LABEL.project);
  });

  it("does not lock the routes of people who edit theirs in Grafana", async () => {
    await seedForeign(grafana);
    await project.run(["apply", "--yes"]);
    const tree = (await get(grafana, "/api/v1/provisioning/policies")) as { provenance?: string };
    expect(tree.provenance ?? "").toBe("");
  });

  it("deletes what is ours only with --prune, and names it before", async () => {
    await project.run(["apply", "--yes"]);
    project.write({
      alerts: `  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: more than 5 in 10m
    tell: ops`,
    });
    const plan = await project.run(["plan"]);
    expect(plan.code).toBe(EXIT.ok);
    expect(plan.out).toContain("1 of ours no longer in the specification");
    expect(plan.out).toContain("Slow answers");
    await project.run(["apply", "--yes"]);
    expect(alertRules().length).toBe(2);
    const pruned = await project.run(["apply", "--yes", "--prune"]);
    expect(pruned.out).toContain("- Slow answers");
    expect(alertRules().length).toBe(1);
  });

  it("refuses to delete most of it without --prune-all", async () => {
    project.write({ alerts: manyAlerts(30) });
    await project.run(["apply", "--yes"]);
    project.write({ alerts: "  []" });
    const { code, err } = await project.run(["apply", "--yes", "--prune"]);
    expect(code).toBe(EXIT.failure);
    expect(err).toContain("--prune would delete 30 objects");
    expect(alertRules().length).toBe(30);
    expect(await project.run(["apply", "--yes", "--prune-all"])).toMatchObject({ code: EXIT.ok });
    expect(alertRules().length).toBe(0);
  });

  it("asks for --adopt where a rule of others has the id of one of ours", async () => {
    await project.run(["apply", "--yes"]);
    Object.assign(firstRule().fields, { labels: { team: "theirs" } });
    grafana.clearRequests();
    const refused = await project.run(["apply", "--yes"]);
    expect(refused.code).toBe(EXIT.failure);
    expect(refused.out).toContain("not marked as this project's");
    expect(writes()).toEqual([]);
    expect(await project.run(["apply", "--yes", "--adopt"])).toMatchObject({ code: EXIT.ok });
    expect(await project.run(["plan"])).toMatchObject({ code: EXIT.ok });
  });

  it("says that a rule from a file of the server cannot be taken over", async () => {
    await project.run(["apply", "--yes"]);
    Object.assign(firstRule(), { provenance: "file", title: "From a file" });
    grafana.clearRequests();
    const { code, out } = await project.run(["apply", "--yes", "--adopt"]);
    expect(code).toBe(EXIT.failure);
    expect(out).toContain("provisioned from a file of the server");
    expect(writes()).toEqual([]);
  });

  it("lets people edit what was applied only where the target says so", async () => {
    await project.run(["apply", "--yes"]);
    const provenances = (): unknown[] =>
      [...grafana.state.rules.values()].map(({ provenance }) => provenance);
    expect(new Set(provenances())).toEqual(new Set(["api"]));
    await grafana.close();
    grafana = await startGrafana();
    project.remove();
    project = createGrafanaProject(grafana, { isEditable: true });
    await project.run(["apply", "--yes"]);
    expect(new Set(provenances())).toEqual(new Set([""]));
  });

  it("keeps two projects in one Grafana apart, and shares what both have alike", async () => {
    await project.run(["apply", "--yes"]);
    const other = createGrafanaProject(grafana, {
      project: "other",
      alerts: "  - {name: Other, promql: up == 0}",
    });
    const applied = await other.run(["apply", "--yes", "--prune"]);
    other.remove();
    expect([applied.code, applied.err]).toEqual([EXIT.ok, expect.not.stringContaining("failed")]);
    expect(alertRules()).toHaveLength(3);
    expect(await project.run(["plan", "--prune"])).toMatchObject({ code: EXIT.ok });
  });

  it("brings up to date what an older version of another project stored, and deletes it last", async () => {
    await project.run(["apply", "--yes"]);
    for (const template of grafana.state.alertmanager.templates) {
      if (template.name === "sightline") template.template = '{{ define "old" }}{{ end }}';
    }
    const other = createGrafanaProject(grafana, {
      project: "other",
      alerts: "  - {name: Other, promql: up == 0}",
    });
    expect(await other.run(["apply", "--yes"])).toMatchObject({ code: EXIT.ok });
    expect(await project.run(["plan"])).toMatchObject({ code: EXIT.ok });
    other.write({ project: "other", alerts: "  []", contacts: "[]" });
    const gone = await other.run(["apply", "--yes", "--prune-all"]);
    expect([gone.code, gone.err]).toEqual([EXIT.ok, expect.not.stringContaining("failed")]);
    expect(grafana.state.alertmanager.templates.map(({ name }) => name)).toContain("sightline");
    other.remove();
    expect(await project.run(["plan"])).toMatchObject({ code: EXIT.ok });
  });

  it("names the project that a rule is of already", async () => {
    await project.run(["apply", "--yes"]);
    const other = createGrafanaProject(grafana, { project: "other" });
    const { code, out } = await other.run(["plan"]);
    other.remove();
    expect([code, out]).toEqual([
      EXIT.changes,
      expect.stringContaining('marked as that of project "demo"'),
    ]);
  });
});

async function get(server: Grafana, path: string): Promise<unknown> {
  const answer = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  return await answer.json();
}

async function send(server: Grafana, method: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.token}`,
      "content-type": "application/json",
      "x-disable-provenance": "true",
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

/** What people made in Grafana's pages. */
async function seedForeign(server: Grafana): Promise<void> {
  await send(server, "POST", "/api/folders", { uid: "theirs", title: "Theirs" });
  await send(server, "POST", "/api/dashboards/db", {
    dashboard: { uid: "theirs", title: "Theirs", tags: ["team"] },
    folderUid: "theirs",
  });
  await send(server, "POST", "/api/v1/provisioning/contact-points", {
    uid: "theirs",
    name: "theirs",
    type: "email",
    settings: { addresses: "them@example.org" },
  });
  await send(server, "PUT", "/api/v1/provisioning/policies", {
    receiver: "theirs",
    group_by: ["cluster"],
    routes: [{ receiver: "theirs", object_matchers: [["team", "=", "theirs"]] }],
  });
  await send(server, "POST", RULES, {
    uid: "theirs",
    title: "Theirs",
    folderUID: "theirs",
    ruleGroup: "theirs",
    condition: "A",
    data: [
      {
        refId: "A",
        datasourceUid: "__expr__",
        relativeTimeRange: { from: 0, to: 0 },
        model: { refId: "A", type: "math", expression: "1 == 1" },
      },
    ],
    noDataState: "OK",
    execErrState: "Error",
    for: "0s",
    labels: { team: "theirs" },
  });
}

function manyAlerts(count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `  - {name: Alert ${index}, promql: 'up{job="${index}"} == 0'}`,
  ).join("\n");
}

describe("what is kept of a plan", () => {
  beforeEach(() => open("12.4.0"));

  it("is a file that only its owner reads", async () => {
    const plan = join(project.folder, "plan.json");
    await project.run(["plan", "--out", plan]);
    expect(JSON.parse(readFileSync(plan, "utf8"))).toMatchObject({ format: "sightline-plan-1" });
  });
});

describe("what changes its name, or has an odd one", () => {
  beforeEach(() => open("12.4.0"));

  it("replaces a contact under another name: new first, routes and rules next, the old one last", async () => {
    await project.run(["apply", "--yes"]);
    project.write({
      contacts: "[{name: team, email: ops@example.org}]",
      alerts: "  - {name: A, promql: up == 0, tell: team}",
    });
    grafana.clearRequests();
    const { code, err } = await project.run(["apply", "--yes", "--prune-all"]);
    expect([code, err]).toEqual([EXIT.ok, expect.not.stringContaining("failed")]);
    const order = writes().filter((write) => /contact-points|policies|alert-rules/.test(write));
    expect(order.map((write) => write.replace(/(points|rules)\/.*/, "$1"))).toEqual([
      "POST /api/v1/provisioning/contact-points",
      "PUT /api/v1/provisioning/policies",
      "POST /api/v1/provisioning/alert-rules",
      expect.stringMatching(/^DELETE .*alert-rules$/),
      expect.stringMatching(/^DELETE .*alert-rules$/),
      expect.stringMatching(/^DELETE .*contact-points$/),
      expect.stringMatching(/^DELETE .*contact-points$/),
    ]);
    expect(grafana.state.alertmanager.integrations.map(({ name }) => name)).toEqual([
      "email receiver",
      "team",
    ]);
  });

  it.each(["11.0.0", "13.2.0"])(
    "takes slashes, spaces, dollars and letters of all kinds on %s",
    async (version) => {
      await grafana.close();
      project.remove();
      await open(version);
      project.write({
        contacts: "[{name: 'Üops/ $x ${HOME} %2F', email: ops@example.org}]",
        alerts: `  - {name: 'Née $value / "q" \\ 100%', promql: up == 0, tell: 'Üops/ $x \${HOME} %2F', folder: 'Ä/B $1', labels: {x: '$y'}}`,
        more: "mute_timings: [{name: 'nights/& weekends?', intervals: [{times: ['22:00-24:00'], weekdays: ['saturday:sunday']}]}]",
      });
      const first = await project.run(["apply", "--yes"]);
      expect([first.code, first.out + first.err]).toEqual([
        EXIT.ok,
        expect.not.stringContaining("failed:"),
      ]);
      grafana.clearRequests();
      expect(await project.run(["apply", "--yes"])).toMatchObject({ code: EXIT.ok });
      expect(writes()).toEqual([]);
    },
  );
});

describe("dashboards of Sightline's own Grafana", () => {
  beforeEach(() => open("12.4.0"));

  it("come from its files and are left to it", async () => {
    await project.run(["apply", "--yes"]);
    for (const board of grafana.state.dashboards.values()) {
      Object.assign(board, { isProvisioned: true, json: { ...board.json, title: "Older" } });
      board.annotations["grafana.app/managedBy"] = "classic-file-provisioning";
    }
    const { code, out } = await project.run(["plan"]);
    expect([code, out]).toEqual([
      EXIT.ok,
      expect.stringContaining("come from files of the server"),
    ]);
  });
});

describe("a server that goes away after the last write", () => {
  beforeEach(() => open("12.4.0"));

  it("does not keep what was done from being told", async () => {
    await project.run(["apply", "--yes"]);
    project.write({ when: "more than 7 in 10m" });
    let isWritten = false;
    const io = {
      err: (text: string) => {
        if (!text.includes("changed") || isWritten) return;
        isWritten = true;
        grafana.fail({ kind: "status", status: 500 }, { method: "GET", path: /./, times: 100 });
      },
    };
    const { code, out } = await project.run(["apply", "--yes"], { io });
    expect([code, out]).toEqual([EXIT.noAnswer, expect.stringContaining("1 done, 0 failed")]);
  });
});
