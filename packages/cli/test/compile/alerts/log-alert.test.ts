import { describe, expect, it } from "vitest";
import { compileOne, conditionOf, faultsOf, GRAFANA, queryOf } from "../compile-alert.ts";

const log = (selector: string, rest = "when: more than 5 in 10m"): string =>
  `  - {name: A, log: ${selector}, ${rest}}`;
const COUNT = "sum by (deployment_environment_name, service_name) (count_over_time(";

describe("an alert on lines", () => {
  it("counts the lines of a service that hold a text", () => {
    const rule = compileOne(log('{service: api, contains: "payment failed"}'));
    expect(queryOf(rule)).toBe(
      `${COUNT}{service_name="api", kind="log"} |= "payment failed" [10m]))`,
    );
    expect(conditionOf(rule)).toBe("above 5");
    expect(rule).toMatchObject({
      id: "a",
      name: "A",
      source: "loki",
      by: ["deployment_environment_name", "service_name"],
      whenEmpty: "ok",
      forMillis: 0,
      everyMillis: 30_000,
      severity: "warning",
      contacts: [],
      origin: "user",
      isEnabled: true,
    });
  });

  it.each([
    ["{service: [a.b, c]}", '{service_name=~"a\\\\.b|c", kind="log"}'],
    [
      "{service: api, environment: prod, host: vm-1}",
      '{service_name="api", deployment_environment_name="prod", host_name="vm-1", kind="log"}',
    ],
    ['{contains: ["a (b)", "c"]}', '{kind="log"} |~ "a \\\\(b\\\\)|c"'],
    ['{without: ["x", "\\"y"]}', '{kind="log"} != "x" != "\\"y"'],
    ["{matches: 'code=\\d+'}", '{kind="log"} |~ "code=\\\\d+"'],
    ["{severity: warn}", '{kind="log"} | severity_number >= 13'],
    [
      "{fields: {http.route: /pay, retry: true, n: 5}}",
      '{kind="log"} | http_route="/pay" | retry="true" | n="5"',
    ],
    [
      '{fields: {status: ">= 500", n: "<3"}}',
      '{kind="log"} | status >= 500 | __error__="" | n < 3 | __error__=""',
    ],
    ["{parse: json, fields: {level: error}}", '{kind="log"} | json | __error__="" | level="error"'],
    ['{contains: "{{ x }} `y` $z \\\\ \\n"}', '{kind="log"} |= "{{ x }} `y` $z \\\\ \\n"'],
  ])("%s selects %s", (selector, selected) => {
    expect(queryOf(compileOne(log(selector)))).toBe(`${COUNT}${selected} [10m]))`);
  });

  it("asks for nothing that Go could not read", () => {
    const rule = compileOne(log('{contains: "a\\uD800b"}'));
    expect(queryOf(rule)).toContain('|= "a\uFFFDb"');
  });

  it("counts how often an error came, not its records", () => {
    expect(queryOf(compileOne(log("{kind: error}")))).toMatch(
      /\(sum_over_time\(\{kind="error"\} \| label_format n=`.*` \| unwrap n \[10m\]\)\)$/,
    );
  });

  it("takes a whole selection in LogQL, divided by what the user says", () => {
    const text = `{query: '{app="x"} |= "}" | json', }, by: [code, service]`;
    const rule = compileOne(`  - {name: A, log: ${text}, when: any in 5m}`);
    expect(queryOf(rule)).toBe(
      'sum by (code, service_name) (count_over_time({app="x"} |= "}" | json [5m]))',
    );
  });

  it("puts nothing of its own into a comment of the user", () => {
    const query = '{app="#1"} # mine\\n |= `#2` # the end';
    const rule = compileOne(
      `  - {name: A, log: {query: "${query.replaceAll('"', '\\"')}"}, when: any in 5m}`,
    );
    expect(queryOf(rule)).toMatch(/^sum \(count_over_time\(\{app="#1"\}\s+\|= `#2` \[5m\]\)\)$/);
  });

  it("sees that there is no line at all", () => {
    const one = compileOne(log("{service: cron}", "when: fewer than 1 in 1h"));
    expect(queryOf(one)).toBe(
      'sum (count_over_time({service_name="cron", kind="log"} [1h])) or vector(0)',
    );
    expect(one).toMatchObject({ by: [], labels: { service_name: "cron" } });
    expect(conditionOf(one)).toBe("below 1");
    const many = compileOne(log("{kind: log, contains: done}", "when: none in 1h, by: service"));
    expect(queryOf(many)).toContain(" or 0 * sum by (");
  });

  it("looks as often as its window is short, and never less than every ten seconds", () => {
    expect(compileOne(log("{service: a}", "when: any in 25s")).everyMillis).toBe(20_000);
    expect(compileOne(log("{service: a}", "when: any in 5s")).everyMillis).toBe(10_000);
    expect(compileOne(log("{service: a}", "when: any in 5m, every: 2m")).everyMillis).toBe(120_000);
  });

  it("is about the environment of the target, unless it names its own", () => {
    const file = (own: string): string => `
targets: [{name: prod, environment: production, grafana: {url: "https://grafana.example.org"}}]
alerts: [{name: A, log: {service: api${own}}, when: any in 5m}]`;
    const rule = compileOne(file(""), { target: GRAFANA });
    expect(queryOf(rule)).toContain('deployment_environment_name="production"');
    expect(() => compileOne(file(", environment: staging"), { target: GRAFANA })).toThrow(
      /"rules":0/,
    );
  });

  it.each([
    [log("{service: a}", "when: more than 5% in 10m"), "unit"],
    [log("{}"), "no-selection"],
    [log("{query: 'sum(x)'}"), "log-query"],
    [log("{query: '{a=\"b\"}', service: x}"), "one-way-of-selecting"],
    [log("{service: a}", "when: any in 60d"), "window-too-long"],
    [log("{service: a}", "when: any in 1m, every: 5m"), "window-shorter-than-every"],
    [log("{service: a}", "when: any in 5m, every: 15s"), "interval"],
    [log("{service: a}", "when: any in 5m for 1m, for: 2m"), "for-twice"],
    [log("{service: a}", "when: any in 5m for 1m, every: 2m"), "for-shorter-than-every"],
    [log("{service: a}", "when: any in 5m, by: fact_line"), "reserved-label"],
    [log("{servise: a}"), "unknown-key"],
    [log("{kind: eror}"), 'did you mean "error"?'],
  ])("refuses %s", (text, expected) => {
    const faults = faultsOf(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(expected);
    expect(faults[0]).toMatch(/^2:\d+ /);
  });
});
