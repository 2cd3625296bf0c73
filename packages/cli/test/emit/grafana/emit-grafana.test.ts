import { describe, expect, it } from "vitest";
import type { AlertRule, Model } from "../../../src/compile/model.ts";
import { emitGrafana } from "../../../src/emit/grafana/emit-grafana.ts";
import type { Resource } from "../../../src/plan/resource.ts";
import { GRAFANA_TARGET, modelOf } from "../../support/compile-text.ts";

const FOUR_LINES = `
default_alerts: {enabled: false}
contacts: [{name: ops, email: ops@example.org}, {name: chat, slack: "\${env:SLACK_WEBHOOK_URL}"}]
alerts:
  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: more than 5 in 10m
    tell: ops
  - name: Slow answers
    metric: {service: api, signal: p95}
    when: above 1s for 5m
    tell: chat
`;

function emitted(model: Model, kind: Resource["kind"]): readonly Resource[] {
  return emitGrafana(model).filter((resource) => resource.kind === kind);
}

/** One rule, changed. */
function ruleOf(change: Partial<AlertRule>): Resource["body"] {
  const model = modelOf(FOUR_LINES, GRAFANA_TARGET);
  const [first] = model.rules;
  if (!first) throw new Error("no rule");
  const [rule] = emitted({ ...model, rules: [{ ...first, ...change }] }, "rule");
  if (!rule) throw new Error("no rule is emitted");
  return rule.body;
}

type Step = {
  readonly refId: string;
  readonly datasourceUid: string;
  readonly model: Readonly<Record<string, unknown>>;
};

function stepsOf(body: Resource["body"]): readonly Step[] {
  return body["data"] as unknown as readonly Step[];
}

describe("a rule", () => {
  it("is an instant query and a comparison, with its states and its interval written out", () => {
    const [log, metric] = emitted(modelOf(FOUR_LINES, GRAFANA_TARGET), "rule");
    expect(log?.body).toMatchObject({
      title: "Payments fail",
      folderUID: "sightline",
      ruleGroup: "shop 30s",
      interval: 30,
      condition: "C",
      noDataState: "OK",
      execErrState: "Error",
      for: "0s",
      isPaused: false,
      labels: { severity: "warning", sightline_project: "shop", tell: ",ops," },
    });
    const [query, verdict] = stepsOf(log?.body ?? {});
    expect(query).toMatchObject({
      refId: "A",
      datasourceUid: "sightline-loki",
      queryType: "instant",
      relativeTimeRange: { from: 600, to: 0 },
    });
    expect(verdict).toMatchObject({
      refId: "C",
      datasourceUid: "__expr__",
      model: { type: "math", expression: "(is_number($A > 5) && $A > 5)" },
    });
    expect(metric?.body["for"]).toBe("5m");
    expect(stepsOf(metric?.body ?? {})[0]?.model).toMatchObject({ instant: true, range: false });
  });

  it("looks facts up with queries of their own, each once and never without an answer", () => {
    const [log] = emitted(modelOf(FOUR_LINES, GRAFANA_TARGET), "rule");
    const facts = stepsOf(log?.body ?? {}).filter(({ refId }) => refId.startsWith("fact_"));
    expect(facts.length).toBeGreaterThan(0);
    const queries = facts.map(({ model }) => String(model["expr"]));
    expect(new Set(queries).size).toBe(queries.length);
    for (const query of queries) expect(query).toMatch(/\) or on \(\) vector\(0\)$/);
    expect(log?.body["annotations"]).toMatchObject({
      line: expect.stringContaining("$values.fact_line"),
    });
  });

  it("compares so that what is no number does not fire, as a threshold would", () => {
    const query = "q";
    const all = (comparison: "at-least" | "at-most", amount: string) =>
      ruleOf({ expression: { kind: "conditions", all: [{ query, comparison, amount }] } });
    expect(stepsOf(all("at-least", "0.0144"))[1]?.model).toMatchObject({
      type: "math",
      expression: expect.stringContaining("$A >= 0.0144"),
    });
    expect(stepsOf(all("at-most", "5"))[1]?.model["expression"]).toContain("$A <= 5");
  });

  it("joins several conditions", () => {
    const body = ruleOf({
      expression: {
        kind: "conditions",
        all: [
          { query: "x", comparison: "above", amount: "1" },
          { query: "y", comparison: "below", amount: "2.5" },
        ],
      },
    });
    const steps = stepsOf(body);
    expect(steps.slice(0, 3).map(({ refId }) => refId)).toEqual(["A", "A2", "C"]);
    expect(steps[2]?.model["expression"]).toMatch(/\$A > 1\) && \(.*\$A2 < 2\.5\)/);
  });

  it("fires for every series of a raw expression, also for 0 and for no number", () => {
    const body = ruleOf({ expression: { kind: "raw", query: "up == 0" } });
    expect(stepsOf(body)[1]?.model["expression"]).toBe("is_number($A) || is_nan($A) || is_inf($A)");
  });

  it("keeps what only Grafana can run as it is", () => {
    const data = [{ refId: "Z", datasourceUid: "other", model: { a: "$x" } }];
    const body = ruleOf({
      expression: { kind: "grafana", condition: "Z", data, noData: "KeepLast", onError: "OK" },
    });
    expect(body).toMatchObject({
      condition: "Z",
      data,
      noDataState: "KeepLast",
      execErrState: "OK",
    });
  });

  it("fires on an empty answer where absence is what it is about", () => {
    expect(ruleOf({ whenEmpty: "firing" })["noDataState"]).toBe("Alerting");
  });

  it("has keep_firing_for only where it is asked for, and is paused where it is off", () => {
    expect(ruleOf({ keepFiringForMillis: 600_000 })["keep_firing_for"]).toBe("10m");
    expect(ruleOf({ keepFiringForMillis: 0 })).not.toHaveProperty("keep_firing_for");
    expect(ruleOf({ isEnabled: false })["isPaused"]).toBe(true);
  });

  it("lies with its likes: one group for each folder and interval", () => {
    const groups = (everyMillis: number) => ruleOf({ everyMillis })["ruleGroup"];
    expect([groups(10_000), groups(90_000), groups(3_600_000)]).toEqual([
      "shop 10s",
      "shop 1m30s",
      "shop 1h",
    ]);
  });
});

describe("folders", () => {
  const folders = (folder: string) => {
    const model = modelOf(FOUR_LINES, GRAFANA_TARGET);
    const rules = model.rules.slice(0, 1).map((rule) => ({ ...rule, folder }));
    return emitted({ ...model, rules, records: [], dashboards: [] }, "folder").map(
      ({ id, title, body }) => [id, title, body["parentUid"]],
    );
  };

  it("are nested by their path, parents first", () => {
    expect(folders("Ops")).toEqual([["ops", "Ops", undefined]]);
    const [parent, child] = folders("Team A/Payments");
    expect(parent).toEqual(["team-a", "Team A", undefined]);
    expect(child?.slice(1)).toEqual(["Payments", "team-a"]);
  });

  it("keep a slash that is escaped, and have uids that Grafana takes", () => {
    const [only] = folders("50% \\/ half");
    expect(only?.[1]).toBe("50% / half");
    for (const title of ["general", "日本", "x".repeat(300), "a  b", "A/B/C/D"]) {
      for (const [uid] of folders(title)) {
        expect(uid).toMatch(/^[a-zA-Z0-9-]{1,40}$/);
        expect(uid).not.toBe("general");
      }
    }
  });

  it("have other uids for other paths", () => {
    const uids = ["A/B", "A B", "A-B", "A_B", "a\\/b"].map((path) => folders(path).at(-1)?.[0]);
    expect(new Set(uids).size).toBe(uids.length);
  });
});

it("names secrets and never writes them", () => {
  const points = emitted(modelOf(FOUR_LINES, GRAFANA_TARGET), "contact-point");
  expect(points.find(({ title }) => title === "chat")?.body["settings"]).toMatchObject({
    url: { $secret: "${env:SLACK_WEBHOOK_URL}" },
  });
});

it("is nothing for the stack", () => {
  expect(emitGrafana(modelOf("{}"))).toEqual([]);
});

it("names each object once, and folders before what lies in them", () => {
  const all = emitGrafana(modelOf("{}", GRAFANA_TARGET));
  const keys = all.map(({ kind, id }) => `${kind} ${id}`);
  expect(new Set(keys).size).toBe(keys.length);
  const folders = new Set(all.filter(({ kind }) => kind === "folder").map(({ id }) => id));
  for (const { kind, body } of all) {
    if (kind === "rule" || kind === "record") expect(folders).toContain(body["folderUID"]);
  }
});
