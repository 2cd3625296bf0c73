import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/fault.ts";
import { readSpec, type SpecDocument } from "../../src/spec/read-spec.ts";

function faultsOf(text: string, target?: string): readonly Fault[] {
  const result = readSpec("sightline.yaml", text, { target });
  return result.status === "ok" ? [] : result.faults;
}

function documentOf(text: string, target?: string): SpecDocument {
  const result = readSpec("sightline.yaml", text, { target });
  if (result.status === "invalid") throw new Error(result.faults.map(show).join("\n"));
  return result.document;
}

function show({ check, message, advice, place }: Fault): string {
  return `${place?.line}:${place?.column} ${place?.path} ${check}: ${message}${advice ? ` (${advice})` : ""}`;
}

function shown(text: string, target?: string): string {
  return faultsOf(text, target).map(show).join("\n");
}

const SHORT = `
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

describe("a specification", () => {
  it("of four lines an alert is read", () => {
    const { spec } = documentOf(SHORT);
    expect(spec.alerts.map(({ name }) => name)).toEqual(["Payments fail", "Slow answers"]);
    expect(spec.alerts[0]?.when).toMatchObject({ amount: "5", windowMillis: 600_000 });
    expect(spec.alerts[1]?.tell).toEqual(["chat"]);
  });

  it.each(["", "\n\n", "# nothing yet\n", "---\n", "alerts:\ncontacts:\n", "null\n", "{}"])(
    "that says nothing (%j) is one without alerts of its own",
    (text) => {
      expect(documentOf(text).spec.alerts).toEqual([]);
    },
  );

  it("keeps the places of its parts, by name", () => {
    const { placeOf } = documentOf(SHORT);
    expect(placeOf(["alerts", 1, "when"])).toEqual({
      file: "sightline.yaml",
      line: 10,
      column: 11,
      path: 'alerts["Slow answers"].when',
    });
    expect(placeOf(["alerts", 1, "severity"])).toMatchObject({ line: 8, column: 5 });
    expect(placeOf(["slos", 3])).toMatchObject({ line: 2, column: 1, path: "slos[3]" });
  });

  it("with CRLF and a byte order mark is the same, places too", () => {
    const given = `\uFEFF${SHORT.replaceAll("\n", "\r\n")}`;
    expect(documentOf(given).spec).toEqual(documentOf(SHORT).spec);
    expect(documentOf(given).placeOf(["alerts", 1, "when"])).toMatchObject({
      line: 10,
      column: 11,
    });
  });

  it("may repeat parts by anchors and merge keys, and their faults have a place", () => {
    const { spec } = documentOf(`
alerts:
  - &base {name: A, crash: {service: api}, tell: ops, severity: critical}
  - {<<: *base, name: B}
  - {<<: [{severity: info}, *base], name: C}
`);
    expect(spec.alerts.map(({ name, severity }) => `${name} ${severity}`)).toEqual([
      "A critical",
      "B critical",
      "C info",
    ]);
    expect(
      shown("alerts:\n  - &a {name: A, crash: {}, severity: bad}\n  - {<<: *a, name: B}"),
    ).toMatchInlineSnapshot(`
      "2:39 alerts["A"].severity wrong-value: expected critical, warning or info, got "bad"
      3:5 alerts["B"].severity wrong-value: expected critical, warning or info, got "bad""
    `);
  });

  it("tells every fault at once, with line, column and path", () => {
    const text = `
services: [{name: api}, {name: api}]
alerts:
  - name: Slow answers
    metric: {service: [api, 5], signal: p95, sigal: 1}
    when: abov 1s for 5m
    tell: {a: 1}
    for: 5
    severity: critcal
    enabled: yes
  - metric: 5
    log: {service: api}
  - name: Nothing
alertz: 1
slos: 5
targets:
  - name: prod
    grafana: {url: nope, token: hunter2hunter2, org_id: -1}
  - {name: x, grafana: {url: "http://x/", token: 12345}}
smtp: {host: x, from: 5}
dashboards: [ ]
urls: {grafana: ftp}
`;
    expect(shown(text)).toMatchInlineSnapshot(`
      "2:32 services["api"].name duplicate-name: two services are named "api"; the other is in line 2 (give one of them another name)
      5:29 alerts["Slow answers"].metric.service[1] wrong-type: expected a text, got the number 5 (put it in quotes: "5")
      5:46 alerts["Slow answers"].metric.sigal unknown-key: unknown key "sigal" (did you mean "signal"?)
      6:11 alerts["Slow answers"].when when-syntax: "abov 1s for 5m" is no condition: did you mean "above"?; write for example "more than 5 in 10m", "above 1s for 5m", "below 10% for 1h", "any in 5m" or "none in 10m"
      7:11 alerts["Slow answers"].tell wrong-value: expected a text or a list, got a mapping (a)
      8:10 alerts["Slow answers"].for wrong-type: expected a duration with a unit, such as 5m or 5s, got the number 5
      9:15 alerts["Slow answers"].severity wrong-value: expected critical, warning or info, got "critcal" (did you mean "critical"?)
      10:14 alerts["Slow answers"].enabled wrong-type: expected true or false, got "yes"
      11:5 alerts[1].name missing: missing; expected a text
      11:13 alerts[1].metric wrong-type: expected a mapping, got the number 5
      12:5 alerts[1].log exactly-one-of: metric and log stand beside each other; expected one of them (make two of it, or leave one out)
      13:5 alerts["Nothing"] exactly-one-of: an alert needs a key that says what it looks at: log, metric, absent, crash, new_error, promql, logql or grafana
      14:1 alertz unknown-key: unknown key "alertz" (did you mean "alerts"?)
      15:7 slos wrong-type: expected a list, got the number 5
      18:20 targets["prod"].grafana.url wrong-value: expected a URL such as "https://example.org/page", got "nope"
      18:33 targets["prod"].grafana.token secret-in-file: expected a reference like \${env:NAME} or \${file:/path}; a secret is never written into this file
      18:57 targets["prod"].grafana.org_id wrong-value: expected more than 0, got the number -1
      19:50 targets["x"].grafana.token wrong-type: expected a reference like \${env:NAME} or \${file:/path}; a secret is never written into this file
      20:14 smtp.host wrong-value: expected host:port, got "x"
      20:23 smtp.from wrong-type: expected a text, got the number 5 (put it in quotes: "5")
      22:17 urls.grafana wrong-value: expected a URL such as "https://example.org/page", got "ftp""
    `);
    expect(shown(text)).not.toContain("hunter2");
    expect(shown(text)).not.toContain("12345");
    expect(shown(text)).not.toMatch(/invalid input/i);
  });

  it("never repeats what stands where a secret belongs", () => {
    const canary = "canary-5f3c-secret";
    for (const value of [
      canary,
      `Bearer ${canary}`,
      `{a: ${canary}}`,
      `[${canary}]`,
      `"\${env:A}${canary}"`,
    ]) {
      const text = shown(`smtp: {host: "a:25", from: a, password: ${value}}`);
      expect(text).toContain("expected a reference like ${env:NAME}");
      expect(text).not.toContain("canary");
    }
    expect(shown('smtp: {host: "a:25", from: a, password: "${SMTP_PASSWORD}"}')).toContain(
      "did you mean ${env:SMTP_PASSWORD}?",
    );
  });

  it("has references only where a secret may stand", () => {
    expect(shown('services: [{name: "a-${env:HOME}"}]')).toMatchInlineSnapshot(
      `"1:19 services["a-\${env:HOME}"].name stray-reference: \${env:HOME} stands where no secret can be; it would not be resolved (secrets are fields of their own; for what differs between targets there are variables: \${var:name})"`,
    );
    expect(shown('smtp: {host: "a:25", from: a, password: "${file:/run/secret}"}')).toBe("");
  });
});

describe("variables", () => {
  const text = `
targets:
  - {name: staging, grafana: {url: "https://\${var:host}/"}, variables: {host: staging.example.org, n: x}}
  - {name: prod, grafana: {url: "https://\${var:host}/"}, variables: {hosts: example.org}}
alerts:
  - {name: A, log: {contains: "\${var:n} \${var:n}"}, when: any in 5m}
`;

  it("of the target stand for their texts, before anything is checked", () => {
    const { spec } = documentOf(text.replace("hosts:", "host:"), "staging");
    expect(spec.targets[0]?.grafana?.url).toBe("https://staging.example.org/");
    expect(spec.alerts[0]?.log?.contains).toEqual(["x x"]);
  });

  it("that the target does not have are faults, and a near one is named", () => {
    const faults = shown(text, "prod");
    expect(faults).toContain(
      'the target has no variable "host"; it has hosts (did you mean "${var:hosts}"?)',
    );
    expect(faults).toContain('the target has no variable "n"');
    expect(faults.split("\n")).toHaveLength(3);
  });
});

describe("hostile YAML", () => {
  it.each([
    ["a tab", "alerts:\n\t- name: a\n"],
    ["two documents", "alerts: []\n---\nalerts: []\n"],
    ["a key twice", "alerts: []\nalerts: []\n"],
    ["a key twice, deep inside", "alerts:\n  - {name: a, name: b, crash: {}}\n"],
    ["an alias of nothing", "alerts: *nothing\n"],
    ["an alias of itself", "alerts: &a [*a]\n"],
    ["a key that is a list", "? [a, b]\n: 1\n"],
    ["a key that is a mapping", "{a: 1}: 2\n"],
    ["a key that is an alias", "services: [{name: &a kind}]\n*a : 1\n"],
    ["a tag", "alerts: !!python/object:os.system [ls]\n"],
    ["a binary tag", "project: !!binary aGVsbG8=\n"],
    ["a quote that is open", 'alerts: "\n'],
    ["a bracket that is open", "alerts: [\n"],
    ["a text instead of a mapping", "hello\n"],
    ["a list instead of a mapping", "- a\n- b\n"],
    ["a number instead of a mapping", "5\n"],
    ["the key __proto__", "__proto__: {alerts: []}\n"],
    ["the key __proto__ in a mapping", "alerts: [{name: a, crash: {}, labels: {__proto__: x}}]\n"],
    ["the key constructor", "constructor: {}\n"],
    ["control characters", 'alerts: [{name: "a\\u0007b", crash: {}}]\n'],
    ["a null byte", "alerts: [{name: a\u0000, crash: {}}]\n"],
    ["an infinite number", "targets: [{name: a, grafana: {url: 'http://a', org_id: .inf}}]\n"],
  ])("%s is refused, with a place", (_what, text) => {
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(0);
    for (const { place } of faults) {
      expect(place?.line).toBeGreaterThanOrEqual(1);
      expect(place?.line).toBeLessThanOrEqual(text.split("\n").length);
    }
  });

  it.each([
    [
      "alias",
      `a: &a [${"x,".repeat(9)}x]\n${[..."bcdefghi"].map((key, at) => `${key}: &${key} [${`*${"abcdefghi"[at]},`.repeat(9)}*${"abcdefghi"[at]}]`).join("\n")}\n`,
    ],
    [
      "merge",
      `a: &a {k: 1}\n${[..."bcdefghij"].map((key, at) => `${key}: &${key} {k${at}: [*${"abcdefghij"[at]}, *${"abcdefghij"[at]}, *${"abcdefghij"[at]}, *${"abcdefghij"[at]}]}`).join("\n")}\n`,
    ],
  ])("%s bombs are refused", (_what, text) => {
    expect(faultsOf(text)).toMatchObject([{ check: "yaml-limits" }]);
  });

  it.each(["[", "{a: ", "- ", "? "])("%j ten thousand times over is refused", (opening) => {
    const text = opening === "- " ? opening.repeat(10_000) : `alerts: ${opening.repeat(10_000)}`;
    expect(faultsOf(text).length).toBeGreaterThan(0);
  });

  it("sixty levels of brackets, closed, are refused", () => {
    expect(shown(`alerts: ${"[".repeat(60)}${"]".repeat(60)}`)).toContain("nested too deeply");
  });

  it("of more than five million characters is refused unread", () => {
    expect(shown(`# ${"x".repeat(5_000_001)}`)).toContain("expected at most 5000000");
  });
});

describe("a specification of 10,000 lines", () => {
  const alerts = Array.from(
    { length: 2_000 },
    (_, index) => `  - name: Ärger ${index} 🚨
    log: {service: "dienst-${index % 50}", contains: "línea “${index}” $1 ${"{{ x }}"}"}
    when: more than ${index + 1} in 10m
    tell: ops
    severity: critical`,
  );

  it("is read, unicode and all", () => {
    const { spec, placeOf } = documentOf(`alerts:\n${alerts.join("\n")}\n`);
    expect(spec.alerts).toHaveLength(2_000);
    expect(spec.alerts[1_999]?.log?.contains).toEqual(["línea “1999” $1 {{ x }}"]);
    expect(placeOf(["alerts", 1_999, "when"])).toEqual({
      file: "sightline.yaml",
      line: 9_999,
      column: 11,
      path: 'alerts["Ärger 1999 🚨"].when',
    });
  });

  it("in which all is wrong gives a fault for each, each with its own line", () => {
    const text = `alerts:\n${alerts.join("\n").replaceAll("more than", "moar than").replaceAll("tell", "tel")}\n`;
    const faults = faultsOf(text);
    expect(faults).toHaveLength(4_000);
    expect(new Set(faults.map(({ place }) => place?.line)).size).toBe(4_000);
  });
});
