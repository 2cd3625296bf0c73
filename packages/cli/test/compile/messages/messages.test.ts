import { describe, expect, it } from "vitest";
import { goLiteral } from "../../../src/compile/messages/go-template.ts";
import { renderParts } from "../../../src/compile/messages/render-parts.ts";
import type { Fact, MessagePart } from "../../../src/compile/model.ts";
import { compileOne, faultsOf, GRAFANA, texted } from "../compile-alert.ts";

const alert = (rest: string): string =>
  `  - {name: A, log: {service: api, contains: x}, when: more than 5 in 10m, ${rest}}`;

describe("texts of the user", () => {
  it.each([
    ["{count} lines", '{{ printf "%.0f" $value }} lines'],
    ["{label:environment}", "{{ $labels.deployment_environment_name }}"],
    ["{label:deployment_environment_name}!", "{{ $labels.deployment_environment_name }}!"],
    ["a {{ .Evil }} b", 'a {{ "{{" }} .Evil }} b'],
    ["{{value}}", '{{ "{{" }}value}}'],
    ['{"a": {"b": 1}} $x ${y}', '{"a": {"b": 1}} $x ${y}'],
    ["a{", 'a{{ "{" }}'],
    ["{{{value}", '{{ "{{" }}{{ printf "%.0f" $value }}'],
    ["{service}", "{{ $labels.service_name }}"],
  ])("%s", (given, expected) => {
    const text = alert(`message: ${JSON.stringify(given)}`);
    const rule = compileOne(text);
    expect(texted(rule, rule.message.description)).toBe(expected);
  });

  it("names the nearest placeholder, and why one is not there", () => {
    expect(faultsOf(alert(`message: "{lines} {valu}"`))).toEqual([
      expect.stringContaining('{lines} is no placeholder | did you mean "{line}"?'),
      expect.stringContaining('{valu} is no placeholder | did you mean "{value}"?'),
    ]);
    expect(
      faultsOf(`  - {name: A, metric: {signal: cpu}, when: above 90%, summary: "{line} {count}"}`),
    ).toEqual([
      expect.stringMatching(/^2:\d+ placeholder: .*looks at figures and not at lines/),
      expect.stringContaining("nothing is counted here; {value} is the figure"),
    ]);
    expect(faultsOf(alert(`message: "{label:hots}"`))).toEqual([
      expect.stringContaining('the alert has no label "hots"'),
    ]);
    expect(faultsOf(alert(`annotations: {x: "{runbook}"}`))).toEqual([
      expect.stringContaining('the alert has no "runbook"'),
    ]);
  });

  it("a title has one line, whatever is filled in", () => {
    const rule = compileOne(alert(`summary: "a\\n\\n b {line}\\n"`));
    expect(texted(rule, rule.message.summary, "grafana")).toBe(
      String.raw`a b {{ with $values.fact_line.Labels.fact_line }}{{ reReplaceAll "\\s+" " " . }}{{ end }}`,
    );
  });

  it("goes into every annotation, and replaces our own", () => {
    const rule = compileOne(
      alert(`annotations: {team: "{service}", line: mine}, runbook: "https://a.example/b"`),
    );
    const { annotations } = rule.message;
    expect(texted(rule, annotations["team"])).toBe("{{ $labels.service_name }}");
    expect(texted(rule, annotations["line"])).toBe("mine");
    expect(texted(rule, annotations["runbook_url"])).toBe("https://a.example/b");
  });
});

describe("texts of our own", () => {
  it("a log alert says how many lines of what, and where", () => {
    const rule = compileOne(alert("tell: ops"));
    expect(texted(rule, rule.message.summary)).toBe(
      'A: {{ printf "%.0f" $value }} {{ if eq $value 1.0 }}line{{ else }}lines{{ end }} in 10m in api',
    );
    expect(Object.keys(rule.message.annotations).sort()).toEqual([
      "count",
      "first_seen",
      "line",
      "logs_command",
      "logs_query",
      "release",
      "template",
      "users",
    ]);
    expect(texted(rule, rule.message.annotations["logs_command"])).toBe(
      "sightline logs api --since 1h --grep x",
    );
  });

  it("asks only for facts that a text speaks of", () => {
    const text = `  - {name: A, metric: {signal: p95}, when: above 1s, annotations: {release: none}}`;
    expect(compileOne(text).message.facts).toEqual([]);
    const route = compileOne(text.replace("none", '"{route}"'));
    expect(route.message.facts.map(({ name }) => name)).toEqual(["route"]);
  });

  it("links to Grafana's own silences and data sources where Grafana tells of the alert", () => {
    const rule = compileOne(alert("tell: ops"), {
      target: GRAFANA,
      urls: { grafana: "https://grafana.example.org" },
    });
    const { annotations } = rule.message;
    expect(texted(rule, annotations["silence_url"], "grafana")).toMatch(
      /^https:\/\/grafana\.example\.org\/alerting\/silence\/new\?alertmanager=grafana&matcher=alertname%3DA&matcher=\{\{/,
    );
    const logs = texted(rule, annotations["logs_url"], "grafana");
    expect(logs).toContain("orgId=3&panes=");
    expect(logs).toContain(encodeURIComponent('"datasource":"loki-1"'));
    expect(logs).toContain("$values.fact_first_seen");
    expect(annotations["logs_command"]).toBeUndefined();
  });

  it("without any address there is a command instead of a link", () => {
    const { annotations } = compileOne(alert("tell: ops")).message;
    expect(annotations["logs_url"]).toBeUndefined();
    expect(annotations["silence_url"]).toBeUndefined();
    expect(annotations["dashboard_url"]).toBeUndefined();
  });

  it("commands are safe to paste, whatever a service is called", () => {
    const rule = compileOne(`  - {name: A, log: {contains: "it's $(x)"}, when: any in 5m}`);
    expect(texted(rule, rule.message.annotations["logs_command"])).toBe(
      String.raw`sightline logs {{ print "'" (reReplaceAll "'" "'\\''" $labels.service_name) "'" }} --since 1h --grep 'it'\''s \$\(x\)'`,
    );
  });
});

describe("parts", () => {
  const facts: Fact[] = [
    { name: "n", query: 'max by (a) (x{b="{{"})', read: { kind: "value", format: "bytes" } },
  ];
  const rule = {
    by: ["a", "b-c"],
    message: { summary: [], description: [], annotations: {}, facts },
  };

  it.each<[MessagePart, string, string]>([
    [{ kind: "label", name: "b-c" }, '{{ (index $labels "b-c") }}', '{{ (index $labels "b-c") }}'],
    [
      { kind: "value", format: "percent" },
      "{{ humanizePercentage $value }}",
      "{{ with $values.A }}{{ humanizePercentage .Value }}{{ end }}",
    ],
    [{ kind: "template", text: "{{ x }}" }, "{{ x }}", "{{ x }}"],
    [
      { kind: "quoted", parts: [{ kind: "text", text: 'a"{{' }] },
      String.raw`"a\"{{ "{{" }}"`,
      String.raw`"a\"{{ "{{" }}"`,
    ],
    [
      { kind: "url", parts: [{ kind: "text", text: "ü /{{" }] },
      "%C3%BC%20%2F%7B%7B",
      "%C3%BC%20%2F%7B%7B",
    ],
  ])("%j", (part, prometheus, grafana) => {
    expect(renderParts([part], "prometheus", rule)).toBe(prometheus);
    expect(renderParts([part], "grafana", rule)).toBe(grafana);
  });

  it("a fact is asked for where the rule runs, and belongs to the alert with the same labels", () => {
    const part: MessagePart = { kind: "fact", name: "n" };
    expect(renderParts([part], "prometheus", { ...rule, by: ["a"] })).toBe(
      String.raw`{{ range query "max by (a) (x{b=\"{{\"})" }}{{ if eq .Labels.a $labels.a }}{{ humanize1024 .Value }}B{{ end }}{{ end }}`,
    );
    expect(renderParts([part], "grafana", rule)).toBe(
      "{{ with $values.fact_n }}{{ humanize1024 .Value }}B{{ end }}",
    );
  });

  it("braces never become an action, wherever they stand", () => {
    for (const text of ["{", "{{", "{{{", "a{{b{{{{c{", "}}{{", "{ {"]) {
      const literal = goLiteral(text);
      const inside = literal.replaceAll(/\{\{ "((?:\{)+)" \}\}/g, "");
      expect(inside).not.toMatch(/\{\{|\{$/);
      const read = literal.replaceAll(/\{\{ "((?:\{)+)" \}\}/g, "$1");
      expect(read).toBe(text);
    }
  });
});
