import { describe, expect, it } from "vitest";
import { ruleId } from "../../../src/compile/alerts/rule-ids.ts";
import { findSharedIds } from "../../../src/compile/shared-ids.ts";
import { compileOne, compileText, conditionOf, faultsOf, queryOf } from "../compile-alert.ts";

describe("other forms of alerts", () => {
  it("a service is absent when no line of it comes", () => {
    const rule = compileOne("  - {name: A, absent: {service: api, logs: true}, when: none in 15m}");
    expect(queryOf(rule)).toBe('max(absent_over_time({service_name="api", kind="log"} [15m]))');
    expect(rule).toMatchObject({ source: "loki", by: [], labels: { service_name: "api" } });
  });

  it("a metric is absent when no sample of it comes", () => {
    const named = compileOne("  - {name: A, absent: {service: api, metric: jobs_total}}");
    expect(queryOf(named)).toBe('max(absent_over_time(jobs_total{service_name="api"} [10m]))');
    const selected = compileOne(`  - {name: A, absent: {metric: 'up{job="x"}'}}`);
    expect(queryOf(selected)).toBe('max(absent_over_time(up{job="x"} [10m]))');
  });

  it("crashes are deaths that nobody planned", () => {
    const rule = compileOne("  - {name: A, crash: {service: web}}");
    expect(queryOf(rule)).toContain(
      '{service_name="web", kind="crash"} | planned!="true" | verdict!="clean"',
    );
    expect(conditionOf(rule)).toBe("above 0");
    const loop = compileOne("  - {name: A, crash: {}, when: more than 2 in 10m}");
    expect(conditionOf(loop)).toBe("above 2");
    expect(queryOf(loop)).toContain("[10m]");
  });

  it("an error is new when its fingerprint did not come before", () => {
    const rule = compileOne("  - {name: A, new_error: {service: web, unseen_for: 14d}}");
    expect(rule.by).toEqual(["deployment_environment_name", "fp", "service_name"]);
    expect(queryOf(rule)).toContain(
      "[5m])) and on (deployment_environment_name, fp, service_name) (first_over_time(",
    );
    expect(queryOf(rule)).toContain("topk(400, first_over_time(");
    expect(queryOf(rule)).toContain("[14d])");
  });

  it("whole expressions are taken as they are, with templates in their texts", () => {
    const rule = compileOne(
      `  - {name: A, promql: 'up == 0', for: 1m, summary: "{{ $labels.job }} is down", labels: {team: x}}`,
    );
    expect(rule.expression).toEqual({ kind: "raw", query: "up == 0" });
    expect(rule.message.summary).toEqual([{ kind: "template", text: "{{ $labels.job }} is down" }]);
    expect(rule).toMatchObject({ forMillis: 60_000, labels: { team: "x" }, source: "prometheus" });
    expect(compileOne(`  - {name: A, logql: 'sum(x) > 1'}`).source).toBe("loki");
  });

  it("rules that only Grafana can run keep their queries", () => {
    const rule = compileOne(
      "  - {name: A, grafana: {condition: C, data: [{refId: A, model: {x: 1}}]}}",
    );
    expect(rule.expression).toEqual({
      kind: "grafana",
      condition: "C",
      data: [{ refId: "A", model: { x: 1 } }],
      noData: "NoData",
      onError: "Error",
    });
  });

  it.each([
    ["{name: A, promql: 'up == 0', when: above 1}", "condition-twice"],
    ["{name: A, absent: {logs: true}}", "no-service"],
    ["{name: A, absent: {service: a, logs: true}, when: above 5}", "when-of-absent"],
    ["{name: A, absent: {service: a, logs: true}, by: host}", "no-such-label"],
    ["{name: A, crash: {}, when: above 5%}", "when-of-records"],
    ["{name: A, crash: {}, when: none in 5m}", "when-of-records"],
    ["{name: A, new_error: {}, when: more than 3 in 5m}", "when-of-records"],
    ["{name: A, new_error: {unseen_for: 40d}}", "window-too-long"],
    ["{name: A, new_error: {unseen_for: 5m}}", "window-too-short"],
    ["{name: A, crash: {}, when: any in 1m, every: 2m}", "window-shorter-than-every"],
  ])("refuses %s", (alert, check) => {
    const faults = faultsOf(`  - ${alert}`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(check);
  });
});

describe("ids", () => {
  it.each([
    ["Payments fail", "payments-fail"],
    ["  Über 5 % Fehler! ", "uber-5-fehler"],
    ["a", "a"],
  ])("%s → %s", (name, id) => {
    expect(ruleId(name)).toBe(id);
  });

  it("has a digest where something of the name is left out", () => {
    const long = "Payments of the shop in the north fail more often";
    expect(ruleId(long)).toMatch(/^payments-of-the-shop-in-the-nor-[0-9a-f]{8}$/);
    expect(ruleId(`${long} than ever`)).not.toBe(ruleId(long));
    expect(ruleId("支払い")).toMatch(/^alert-[0-9a-f]{8}$/);
    expect(ruleId("支払い A")).not.toBe(ruleId("料金 A"));
    for (const name of [long, "支払い A", "x".repeat(190), "---"]) {
      expect(ruleId(name)).toMatch(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/);
    }
  });

  it("stays when alerts are reordered, and names those that share one", () => {
    const [a, b] = [`  - {name: Pay fail, crash: {}}`, `  - {name: pay-fail, crash: {}}`];
    expect(findSharedIds(compileText(`${a}\n${b}`).rules)).toMatchObject([
      {
        message: '"Pay fail" and "pay-fail" have the same id "pay-fail"',
        place: { line: 3 },
      },
    ]);
    const watchdog = { id: "sightline-watchdog", name: "Watchdog", place: undefined };
    const mine = compileOne("  - {name: Sightline watchdog, crash: {}}");
    expect(findSharedIds([mine, watchdog])).toMatchObject([
      { message: expect.stringContaining("(a default alert)"), place: { line: 2 } },
    ]);
    const other = `  - {name: Other, crash: {}}`;
    const ids = (text: string): string[] => compileText(text).rules.map(({ id }) => id);
    expect(ids(`${a}\n${other}`).sort()).toEqual(ids(`${other}\n${a}`).sort());
    expect(compileOne("  - {name: Pay, uid: Old_1, crash: {}}").id).toBe("Old_1");
  });
});

describe("every alert", () => {
  it("tells the owner of its service where it says nobody", () => {
    const file = `
services: [{name: cron, owner: ops}]
alerts: [{name: A, log: {service: cron}, when: none in 1h}, {name: B, log: {service: cron}, when: none in 1h, tell: chat}]`;
    expect(compileText(file).rules.map(({ contacts }) => contacts)).toEqual([["ops"], ["chat"]]);
  });

  it.each([
    ["labels: {alertname: x}", "reserved-label"],
    ["labels: {service_name: x}", "label-twice"],
    ["labels: {a-b: x}", "label-name"],
    ['labels: {team: "{{ $labels.x }}"}', "label-template"],
    ["annotations: {run-book: x}", "annotation-name"],
    ["every: 0s", "interval"],
  ])("refuses %s", (rest, check) => {
    const faults = faultsOf(`  - {name: A, crash: {}, ${rest}}`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`${check}: `);
  });

  it("gives the same model for the same text", () => {
    const text = "  - {name: A, crash: {}}\n  - {name: B, metric: {signal: p95}, when: above 1s}";
    expect(JSON.stringify(compileText(text))).toBe(JSON.stringify(compileText(text)));
  });
});
