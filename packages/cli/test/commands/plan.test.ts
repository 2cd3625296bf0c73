import { EXIT } from "@sightline/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Grafana, startGrafana } from "../../../../test/harness/grafana/grafana.ts";
import { createGrafanaProject, type GrafanaProject } from "../support/grafana-project.ts";

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

describe("sightline plan", () => {
  it("writes nothing, whatever it finds", async () => {
    await project.run(["plan", "--prune", "--adopt"]);
    expect(grafana.writes()).toEqual([]);
  });

  it("says a change where the file says it, before and after", async () => {
    await project.run(["apply", "--yes"]);
    project.write({ when: "more than 7 in 10m" });
    const { code, out } = await project.run(["plan"]);
    expect(code).toBe(EXIT.changes);
    expect(out).toMatch(/~ Payments fail {2}sightline\.yaml:7\n/);
    expect(out).toMatch(/\n {6}when +\S*.*5.* → .*7.*\n/);
    expect(out).toMatch(/0 to add, 1 to change, 0 to delete; \d+ unchanged; 11 requests/);
  });

  it("gives the same as JSON, and as a comment for a pull request", async () => {
    const json = JSON.parse((await project.run(["plan", "--format", "json"])).out);
    expect(json).toMatchObject({ target: "prod", version: "Grafana 12.4.0", unchanged: 0 });
    expect(json.changes.length).toBeGreaterThan(5);
    const { out } = await project.run(["plan", "--format", "markdown"]);
    expect(out).toContain("**Sightline plan** · ");
    expect(out).toContain(json.token);
  });

  it("refuses a file with faults, with all of them, and asks no server", async () => {
    project.write({ alerts: "  - {name: Broken, promql: 'sum(rate(x['}\n  - {name: Two, lgo: 1}" });
    const { code, err } = await project.run(["plan"]);
    expect([code, err]).toEqual([EXIT.problems, expect.stringContaining("sightline.yaml:")]);
    expect(grafana.requests).toEqual([]);
  });

  it("refuses a query that does not parse before it is stored", async () => {
    project.write({ alerts: "  - {name: Broken, promql: 'sum(rate(x['}" });
    expect(await project.run(["apply", "--yes"])).toMatchObject({ code: EXIT.problems });
    expect(grafana.requests).toEqual([]);
  });

  it("names the formats that there are", async () => {
    const { code, err } = await project.run(["plan", "--format", "yaml"]);
    expect([code, err]).toEqual([EXIT.usage, expect.stringContaining("text, markdown or json")]);
  });

  it("tells of a data source that is not there", async () => {
    const { out } = await project.run(["plan"]);
    expect(out).toContain('there is no data source with the uid "sightline-prometheus"');
  });

  it("plans for every target with --target all", async () => {
    const second = await startGrafana({ version: "13.0.0" });
    project.write({});
    const { readFileSync, writeFileSync } = await import("node:fs");
    const text = readFileSync(project.file, "utf8");
    writeFileSync(
      project.file,
      `${text}  - {name: staging, grafana: {url: "${second.url}", token: "\${env:GRAFANA_TOKEN}"}}\n`,
    );
    const { code, out } = await project.run(["plan", "--target", "all"]);
    expect(code).toBe(EXIT.changes);
    expect(out).toContain("prod  Grafana 12.4.0");
    expect(out).toContain("staging  Grafana 13.0.0");
    expect(await project.run(["apply", "--target", "all", "--yes"])).toMatchObject({
      code: EXIT.ok,
    });
    expect(second.state.rules.size).toBe(grafana.state.rules.size);
    await second.close();
  });
});

describe("sightline drift", () => {
  beforeEach(async () => {
    await project.run(["apply", "--yes"]);
  });

  const ruleOf = (title: string) => {
    const rule = [...grafana.state.rules.values()].find((found) => found.title === title);
    if (!rule) throw new Error(`there is no rule "${title}"`);
    return rule;
  };

  it("finds nothing after an apply", async () => {
    const { code, out } = await project.run(["drift"]);
    expect([code, out]).toEqual([EXIT.ok, expect.stringContaining("as the specification says")]);
  });

  it("says what people changed on the server, from what to what, and when", async () => {
    Object.assign(ruleOf("Payments fail").fields, { for: "17m" });
    const { code, out } = await project.run(["drift"]);
    expect(code).toBe(EXIT.changes);
    expect(out).toMatch(/Payments fail {2}differs {2}last changed: \d{4}-/);
    expect(out).toContain("17m is new");
  });

  it.each(["11.6.0", "12.4.0", "13.2.0"])("sees a panel changed by hand on %s", async (version) => {
    await grafana.close();
    grafana = await startGrafana({ version });
    project.remove();
    project = createGrafanaProject(grafana);
    await project.run(["apply", "--yes"]);
    const [board] = grafana.state.dashboards.values();
    const panels = board?.json["panels"] as { title: string }[];
    Object.assign(panels[0] ?? {}, { title: "By hand" });
    const { code, out } = await project.run(["drift"]);
    expect([code, out]).toEqual([EXIT.changes, expect.stringContaining("By hand")]);
  });

  it("sees what is missing, and what is ours and not in the file", async () => {
    grafana.state.rules.delete(ruleOf("Payments fail").uid);
    project.write({
      alerts: `  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: more than 5 in 10m
    tell: ops`,
    });
    const { code, out } = await project.run(["drift"]);
    expect(code).toBe(EXIT.changes);
    expect(out).toContain("Payments fail  is missing");
    expect(out).toContain("Slow answers  is there and not in the specification");
  });

  it("sees routes of others that slipped before ours", async () => {
    const { route } = grafana.state.alertmanager;
    const routes = route["routes"] as object[];
    route["routes"] = [{ receiver: "ops", object_matchers: [["a", "=", "b"]] }, ...routes];
    const { code, out } = await project.run(["drift"]);
    expect([code, out]).toEqual([
      EXIT.changes,
      expect.stringContaining("first → behind 1 of others"),
    ]);
    await project.run(["apply", "--yes"]);
    expect(await project.run(["drift"])).toMatchObject({ code: EXIT.ok });
  });

  it("says it as JSON", async () => {
    ruleOf("Payments fail").fields["for"] = "17m";
    const { drift } = JSON.parse((await project.run(["drift", "--json"])).out);
    expect(drift).toMatchObject([{ action: "update", kind: "rule", title: "Payments fail" }]);
  });
});
