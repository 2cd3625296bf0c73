import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { AlertRule } from "../../../src/compile/model.ts";
import { emitStack } from "../../../src/emit/stack/emit-stack.ts";
import { alertExpression } from "../../../src/emit/stack/expression.ts";
import { alertGroup } from "../../../src/emit/stack/rule-groups.ts";
import { ruleFaults, ruleResources } from "../../../src/emit/stack/rule-resources.ts";
import { faultsOf, modelOf } from "../../support/compile-text.ts";

const repository = join(import.meta.dirname, "../../../../..");

const SPEC = `
contacts:
  - {name: ops, email: ops@example.org}
  - {name: chat, slack: "\${env:SLACK_URL}"}
smtp: {host: "mail.example.org:587", from: "a@example.org", password: "\${file:/run/mail}", username: a}
alerts:
  - name: Payments fail
    log: {service: api, contains: "payment failed"}
    when: more than 5 in 10m
    tell: ops
  - name: Slow answers
    metric: {service: api, signal: p95}
    when: above 1s for 5m
    tell: chat
probes:
  - {name: shop, url: "https://shop.example.org/health"}
`;

const fileOf = (text: string, path: string): string => {
  const found = emitStack(modelOf(text)).find((file) => file.path === path);
  if (!found) throw new Error(`no ${path}`);
  return found.text;
};

const rule = (given: Partial<AlertRule>): AlertRule => ({
  id: "x",
  name: "X",
  source: "prometheus",
  expression: { kind: "raw", query: "up" },
  by: [],
  whenEmpty: "ok",
  forMillis: 0,
  keepFiringForMillis: 0,
  everyMillis: 60_000,
  severity: "warning",
  labels: {},
  message: { summary: [], description: [], annotations: {}, facts: [] },
  contacts: [],
  origin: "user",
  folder: undefined,
  isEnabled: true,
  place: undefined,
  ...given,
});

describe("an expression", () => {
  const one = { query: "a or b", comparison: "above", amount: "1.50" } as const;
  const two = { query: "c", comparison: "at-most", amount: "0" } as const;

  it("compares the whole query, and keeps the amount as it is written", () => {
    const expression = { kind: "conditions", all: [one] } as const;
    expect(alertExpression(rule({ expression }))).toBe("(a or b) > 1.50");
  });

  it("joins conditions on the labels of the rule", () => {
    const expression = { kind: "conditions", all: [one, two] } as const;
    expect(alertExpression(rule({ expression, by: ["host", "job"] }))).toBe(
      "((a or b) > 1.50) and on(host, job) ((c) <= 0)",
    );
    expect(alertExpression(rule({ expression }))).toContain(") and on() (");
  });

  it("fires of nothing where nothing is what it is about", () => {
    const expression = { kind: "conditions", all: [two] } as const;
    expect(alertExpression(rule({ expression, whenEmpty: "firing" }))).toBe(
      "((c) <= 0) or (vector(0) unless on() (c))",
    );
  });

  it("of the user stays as it is", () => {
    expect(alertExpression(rule({}))).toBe("up");
  });
});

describe("the group of a rule", () => {
  const of = (query: string, everyMillis = 30_000): string =>
    alertGroup(rule({ expression: { kind: "raw", query }, everyMillis }));

  it("is its service and its interval", () => {
    expect(of('up{service_name="api"}')).toBe("service api, every 30s");
    expect(of('a{service_name="api"} / b{service_name="api"}', 90_000)).toBe(
      "service api, every 1m30s",
    );
  });

  it("is that of all others where it names no service, or several", () => {
    expect(of("up")).toBe("alerts, every 30s");
    expect(of('a{service_name="api"} + b{service_name="web"}')).toBe("alerts, every 30s");
    expect(of('a{service_name=~"api|web"}')).toBe("alerts, every 30s");
  });

  it("stays when other rules come: so no alert loses its state by another", () => {
    const groupsOf = (text: string): Map<string, unknown> =>
      new Map(ruleResources(modelOf(text)).map(({ id, body }) => [id, body["group"]]));
    const before = groupsOf(SPEC);
    const more = `  - name: One more\n    log: {service: api, contains: x}\n    when: any in 5m\n`;
    const after = groupsOf(SPEC.replace("alerts:\n", `alerts:\n${more}`));
    expect(after.size).toBe(before.size + 1);
    for (const [id, group] of before) expect(after.get(id)).toBe(group);
  });
});

describe("the files of a stack", () => {
  it("are the same every time, to the byte", () => {
    expect(emitStack(modelOf(SPEC))).toEqual(emitStack(modelOf(SPEC)));
  });

  it("are in the layout of provisioning/", () => {
    expect(emitStack(modelOf(SPEC)).map(({ path }) => path)).toEqual([
      "alertmanager/alertmanager.yml",
      "alertmanager/templates/sightline.tmpl",
      "loki/rules/fake/sightline.yaml",
      "prometheus/rules/sightline.yaml",
      "prometheus/targets/probes.sightline.json",
    ]);
  });

  it("have each alert once, in the file of its source", () => {
    const alertsIn = (path: string): string[] =>
      (parse(fileOf(SPEC, path)) as { groups: { rules: { alert?: string }[] }[] }).groups.flatMap(
        ({ rules }) => rules.flatMap(({ alert }) => alert ?? []),
      );
    expect(alertsIn("loki/rules/fake/sightline.yaml")).toContain("Payments fail");
    expect(alertsIn("prometheus/rules/sightline.yaml")).toContain("Slow answers");
    expect(alertsIn("prometheus/rules/sightline.yaml")).not.toContain("Payments fail");
  });

  it("ask the probe of the exporter, under its name", () => {
    expect(JSON.parse(fileOf(SPEC, "prometheus/targets/probes.sightline.json"))).toEqual([
      {
        targets: ["blackbox:9115"],
        labels: {
          __param_module: "http_2xx",
          __param_target: "https://shop.example.org/health",
          instance: "https://shop.example.org/health",
          probe: "shop",
        },
      },
    ]);
  });

  it("name files of secrets, and each contact its own mail server", () => {
    const { global, receivers } = parse(fileOf(SPEC, "alertmanager/alertmanager.yml")) as {
      global: Record<string, unknown>;
      receivers: { name: string; email_configs?: Record<string, unknown>[] }[];
    };
    expect(Object.keys(global).filter((key) => key.startsWith("smtp"))).toEqual([]);
    const [email] = receivers.find(({ name }) => name === "ops")?.email_configs ?? [];
    expect(email).toMatchObject({
      smarthost: "mail.example.org:587",
      from: "a@example.org",
      auth_username: "a",
    });
    expect(email?.["auth_password_file"]).toMatch(/^\/etc\/sightline\/secrets\/[\w-]+$/);
  });

  it("leave out an alert that is switched off", () => {
    const off = SPEC.replace("    tell: ops\n", "    enabled: false\n");
    expect(fileOf(off, "loki/rules/fake/sightline.yaml")).not.toContain("Payments fail");
  });

  it("keep any text of a rule as it is", () => {
    const expr = 'up{job="#: \' {{"} == 0\n  or absent(up) # why';
    const text = `alerts:\n  - name: "Ünïcode: \\"x\\" #1"\n    promql: ${JSON.stringify(expr)}\n`;
    const { groups } = parse(fileOf(text, "prometheus/rules/sightline.yaml")) as {
      groups: { rules: { alert?: string; expr: string }[] }[];
    };
    const found = groups
      .flatMap(({ rules }) => rules)
      .find(({ alert }) => alert === 'Ünïcode: "x" #1');
    expect(found?.expr).toBe(expr);
  });
});

describe("the specification of the example", () => {
  it("has no fault, and all of its alerts can run here", () => {
    const text = readFileSync(join(repository, "examples/board/sightline.yaml"), "utf8");
    expect(faultsOf(text)).toEqual([]);
    const names = ruleResources(modelOf(text)).map(({ title }) => title);
    expect(names).toEqual(
      expect.arrayContaining([
        "Weather service is away",
        "Publishing fails",
        "Board answers slowly",
      ]),
    );
  });
});

describe("what this stack cannot do", () => {
  it("is told of a rule that only Grafana can run", () => {
    const { expression, name } = {
      name: "Only there",
      expression: {
        kind: "grafana",
        condition: "A",
        data: [{ refId: "A" }],
        noData: "OK",
        onError: "Error",
      } as const,
    };
    const model = { ...modelOf("{}"), rules: [rule({ name, expression })] };
    expect(ruleFaults(model).map(({ message }) => message)).toEqual([
      expect.stringContaining('"Only there" is a rule that only Grafana can run'),
    ]);
    expect(ruleResources(model).filter(({ kind }) => kind === "rule")).toEqual([]);
  });

  it("is told of keep_firing_for on lines, which Loki's ruler forgets", () => {
    const given = rule({ source: "loki", keepFiringForMillis: 60_000 });
    const model = { ...modelOf("{}"), rules: [given] };
    expect(ruleFaults(model)).toHaveLength(1);
    expect(ruleResources(model).at(-1)?.body["keep_firing_for"]).toBeUndefined();
    const metric = { ...model, rules: [{ ...given, source: "prometheus" as const }] };
    expect(ruleFaults(metric)).toEqual([]);
    expect(ruleResources(metric).at(-1)?.body["keep_firing_for"]).toBe("1m");
  });
});
