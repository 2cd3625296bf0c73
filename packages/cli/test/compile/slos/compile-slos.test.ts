import { describe, expect, it } from "vitest";
import { compileSlos } from "../../../src/compile/slos/compile-slos.ts";
import { explainSlo } from "../../../src/compile/slos/explain-slo.ts";
import { inputOf } from "../compile-text.ts";

const slos = (yaml: string): ReturnType<typeof compileSlos> =>
  compileSlos(inputOf(`slos:\n  - ${yaml}\n`));
const messagesOf = (yaml: string): (string | undefined)[][] =>
  slos(yaml).faults.map(({ severity, check, message, advice, place }) => [
    severity,
    check,
    message,
    advice,
    place?.path,
  ]);
const API = 'name: API, service: api, target: "99.9%"';

describe("An SLO", () => {
  it("becomes two alerts that wake somebody and two that can wait", () => {
    const { rules, faults } = slos(`{${API}, availability: true, tell: ops, ticket: team}`);
    expect(faults).toEqual([]);
    expect(
      rules.map(({ id, name, severity, contacts, labels }) => [
        id,
        name,
        severity,
        contacts,
        labels,
      ]),
    ).toEqual(
      [
        ["1h", "critical", "ops"],
        ["6h", "critical", "ops"],
        ["1d", "warning", "team"],
        ["3d", "warning", "team"],
      ].map(([window, severity, contact]) => [
        `slo-api-${window}`,
        `SLO API (${window})`,
        severity,
        [contact],
        { slo: "slo-api", slo_window: window, service_name: "api" },
      ]),
    );
  });

  it("asks both windows, the traffic, and as much history as the short window", () => {
    const [fast] = slos(`{${API}, availability: true}`).rules;
    if (fast?.expression.kind !== "conditions") throw new Error("no conditions");
    expect(fast.expression.all.map(({ comparison, amount }) => [comparison, amount])).toEqual([
      ["above", "0.0144"],
      ["above", "0.0144"],
      ["at-least", "70"],
      ["at-least", "5"],
    ]);
  });

  it("records errors and totals apart, never their ratio, and what pages show of it", () => {
    const { records } = slos(`{${API}, availability: true}`);
    expect(records.map(({ metric }) => metric)).toEqual([
      "slo:sli_errors:rate5m",
      "slo:sli_total:rate5m",
      "slo:objective:ratio",
      "slo:error_budget:ratio",
      "slo:time_period:days",
      "slo:current_burn_rate:ratio",
      "slo:period_burn_rate:ratio",
      "slo:period_error_budget_remaining:ratio",
    ]);
    expect(records.find(({ metric }) => metric === "slo:objective:ratio")?.query).toBe(
      "vector(0.999)",
    );
    expect(new Set(records.map(({ id }) => id)).size).toBe(8);
  });

  it("of lines is counted by Loki, and a bad line that never came is 0", () => {
    const { records, rules } = slos(
      `{name: Mail, target: "99%", log: {bad: '{service_name="mail"} |= "bounce" | json', total: '{service_name="mail"}'}}`,
    );
    expect(records.filter(({ source }) => source === "loki").map(({ query }) => query)).toEqual([
      'sum(rate({service_name="mail"} |= "bounce" | json | __error__="" [5m] offset 1m)) or vector(0)',
      'sum(rate({service_name="mail"} | __error__="" [5m] offset 1m)) or vector(0)',
    ]);
    expect(rules.every(({ source }) => source === "prometheus")).toBe(true);
  });

  it.each([
    ["500ms", 'le=\\"0.5\\"'],
    ["2500ms", 'le=\\"2.5\\"'],
    ["1s", 'le=~\\"1([.]0)?\\"'],
    ["10s", 'le=~\\"10([.]0)?\\"'],
  ])("of latency %s counts in the histogram's own bound", (latency, matcher) => {
    expect(JSON.stringify(slos(`{${API}, latency: ${latency}}`).records)).toContain(matcher);
  });

  it("of a latency between two bounds is refused with the nearest ones", () => {
    expect(messagesOf(`{${API}, latency: 600ms}`)).toEqual([
      [
        "error",
        "slo-indicator",
        'SLO "API": latency 600ms is no bound of the histogram, so that requests around it cannot be counted',
        expect.stringContaining("the nearest: 500ms and 750ms"),
        expect.stringContaining("latency"),
      ],
    ]);
    expect(messagesOf(`{${API}, latency: 30s}`)[0]?.[3]).toContain("the nearest: 10s;");
    expect(slos(`{${API}, latency: 600ms}`).rules).toEqual([]);
  });

  it("leaves out an alert that could never fire, and says so", () => {
    const yaml = '{name: Low, target: "90%", availability: true}';
    expect(messagesOf(yaml)).toEqual([
      [
        "warning",
        "slo-impossible",
        'SLO "Low": with 90% over 30d some alerts can never fire (1h: above 144 %)',
        expect.stringContaining("left out"),
        expect.stringContaining("target"),
      ],
    ]);
    expect(slos(yaml).rules.map(({ name }) => name)).toEqual([
      "SLO Low (6h)",
      "SLO Low (1d)",
      "SLO Low (3d)",
    ]);
  });

  it("is refused where no alert could fire", () => {
    expect(messagesOf('{name: None, target: "0%", availability: true}')[0]?.slice(0, 2)).toEqual([
      "error",
      "slo-impossible",
    ]);
    expect(slos('{name: None, target: "0%", availability: true}').rules).toEqual([]);
  });

  it.each(["6d", "91d", "30h", "10d1h"])("over %s is refused", (over) => {
    expect(
      messagesOf(`{${API}, availability: true, over: ${over}}`).map(([, check]) => check),
    ).toContain("slo-period");
  });

  it.each([
    ["metric: {errors: 'rate(a[5m])', total: a}", "metric.errors", "is no selector of series"],
    ["metric: {errors: a, total: 'sum(a)'}", "metric.total", "is no selector of series"],
    ["metric: {errors: 'a{', total: a}", "metric.errors", "cannot be read from character"],
    ["metric: {errors: 'a[5m]', total: a}", "metric.errors", "is no selector of series"],
    [
      "log: {bad: 'rate({a=\"b\"}[5m])', total: '{a=\"b\"}'}",
      "log.bad",
      "gives a number and no lines",
    ],
    ["log: {bad: '{a=\"b\"} # all', total: '{a=\"b\"}'}", "log.bad", "ends with a comment"],
    ["log: {bad: '{a=\"b\"', total: '{a=\"b\"}'}", "log.bad", "cannot be read from character"],
  ])("of %s is refused", (indicator, key, why) => {
    const [fault] = messagesOf(`{name: X, target: "99%", ${indicator}}`);
    expect(fault?.[2]).toContain(key);
    expect(fault?.[2]).toContain(why);
  });

  it("whose name differs from another's in signs alone is refused", () => {
    const { faults } = compileSlos(
      inputOf(
        'slos:\n  - {name: A b, target: "99%", availability: true}\n  - {name: A-b, target: "99%", availability: true}\n',
      ),
    );
    expect(faults.map(({ check, message }) => [check, message])).toEqual([
      ["duplicate-name", 'SLO "A-b" cannot be told from "A b": both give the id slo-a-b'],
    ]);
  });

  it("has ids that every engine takes, whatever its name", () => {
    const name = `"${"Überlänge {{ $x }} ".repeat(9)}"`;
    const { rules, records } = slos(`{name: ${name}, target: "99%", availability: true}`);
    for (const { id } of [...rules, ...records]) expect(id).toMatch(/^[a-z0-9-]{1,40}$/);
    expect(new Set([...rules, ...records].map(({ id }) => id)).size).toBe(12);
  });

  it("looks at the environment of its target alone", () => {
    const input = inputOf(
      `targets: [{name: prod, stack: {}, environment: prod}]\nslos:\n  - {${API}, availability: true}\n`,
      {
        target: { kind: "stack", name: "prod", data: undefined },
      },
    );
    expect(compileSlos(input).records[0]?.query).toContain(
      '{deployment_environment_name="prod", service_name="api"',
    );
  });
});

describe("The explanation of an SLO", () => {
  it("tells threshold, least traffic and the time to fire in an outage", () => {
    const [slo] = slos(`{${API}, availability: true, tell: ops}`).slos;
    if (slo === undefined) throw new Error("no SLO");
    expect(
      explainSlo(slo).map(({ long, short, factor, threshold, minEvents, outageMillis }) => [
        long,
        short,
        factor,
        threshold,
        minEvents,
        outageMillis,
      ]),
    ).toEqual([
      ["1h", "5m", "14.4", "0.0144", "70", 176_364],
      ["6h", "30m", "6", "0.006", "167", 278_855],
      ["1d", "2h", "3", "0.003", "334", 409_200],
      ["3d", "6h", "1", "0.001", "1001", 409_200],
    ]);
  });
});
