import { describe, expect, it } from "vitest";
import type { Model } from "../../src/compile/model.ts";
import { containsTime } from "../../src/compile/routes/contains-time.ts";
import { evaluateRoute } from "../../src/compile/routes/evaluate-route.ts";
import { formatMatcher, parseMatcher } from "../../src/compile/routes/matchers.ts";
import { toRegExp } from "../../src/compile/routes/re2.ts";
import { buildRouteTree } from "../../src/compile/routes/route-tree.ts";
import { runRouteTests } from "../../src/compile/routes/run-route-tests.ts";
import { emitGrafanaPolicy } from "../../src/emit/contacts/routes.ts";
import { compileText, faultsOf, GRAFANA_TARGET, modelOf } from "../support/compile-text.ts";

const CONTACTS = `contacts:
  - {name: ops, webhook: https://x.org}
  - {name: chat, webhook: https://x.org}
  - {name: pager, webhook: https://x.org}
`;

/** An alert of each kind of telling. */
const ALERTS = `alerts:
  - {name: Silent, metric: {service: api, signal: p95}, when: above 1s for 5m}
  - {name: Told, metric: {service: api, signal: p95}, when: above 1s for 5m, tell: [chat, pager]}
`;

function reached(model: Model, labels: Readonly<Record<string, string>>, at = 0): string {
  const tree = buildRouteTree(model);
  return evaluateRoute(tree, labels, at, model.muteTimings)
    .filter(({ quietBy }) => quietBy === undefined)
    .map(({ contact }) => contact ?? "nobody")
    .join(",");
}

const labelsOf = (model: Model, name: string) =>
  model.rules.find((rule) => rule.name === name)?.labels ?? {};

describe("who is told", () => {
  it("are the contacts that the alert names, else the default one", () => {
    const model = modelOf(CONTACTS + ALERTS);
    expect(reached(model, labelsOf(model, "Told"))).toBe("chat,pager");
    expect(reached(model, labelsOf(model, "Silent"))).toBe("ops");
  });

  it("is by default who default_alerts tells, else the first contact", () => {
    expect(modelOf(`${CONTACTS}default_alerts: {tell: chat}\n`).defaultContact).toBe("chat");
    expect(modelOf(CONTACTS).defaultContact).toBe("ops");
    expect(modelOf("alerts: []\n").defaultContact).toBeUndefined();
  });

  it("are the contacts of the first route that matches, by priority", () => {
    const model = modelOf(
      `${CONTACTS}routes:
  - {match: {severity: critical}, tell: chat}
  - {match: {severity: [critical, warning]}, tell: [pager, ops], priority: 5}
`.replace("{severity: critical}, tell: chat", "{severity: info}, tell: chat"),
    );
    expect(reached(model, { severity: "critical" })).toBe("pager,ops");
    expect(reached(model, { severity: "info" })).toBe("chat");
    expect(reached(model, { severity: "infos" })).toBe("ops");
  });

  it("are told once where the alert names them and a route that goes on does, too", () => {
    const model = modelOf(`${CONTACTS}${ALERTS}routes:
  - {match: {severity: critical}, tell: [pager, ops], continue: true}
  - {match: {severity: critical}, tell: chat}
`);
    const told = { ...labelsOf(model, "Told"), severity: "critical" };
    expect(reached(model, told)).toBe("chat,pager,ops");
    expect(reached(model, { severity: "critical" })).toBe("pager,ops,chat");
  });

  it("is nobody where nobody is named, and for the watchdog", () => {
    expect(reached(modelOf("alerts: []\n"), { alertname: "x" })).toBe("nobody");
    expect(reached(modelOf(CONTACTS), { alertname: "Watchdog" })).toBe("nobody");
  });

  it("of the watchdog are those that ask for it by its name, never a route for everything", () => {
    const watchdog = { alertname: "Watchdog", severity: "none" };
    const everything = `${CONTACTS}routes:
  - {match: ['alertname=~".+"'], tell: chat}
`;
    expect(reached(modelOf(everything), watchdog)).toBe("nobody");
    const asked = everything.replace(
      "routes:",
      "routes:\n  - {match: {alertname: Watchdog}, tell: pager}",
    );
    expect(reached(modelOf(asked), watchdog)).toBe("pager");
    const told = `${everything}default_alerts: {change: {watchdog: {tell: ops}}}\n`;
    expect(reached(modelOf(told), watchdog)).toBe("ops");
  });

  it("is nobody while a timing mutes, and everybody again after it", () => {
    const model = modelOf(`${CONTACTS}mute_timings:
  - {name: nights, timezone: Europe/Berlin, intervals: [{times: ["22:00-06:00"], weekdays: [mon-fri]}]}
routes:
  - {match: {severity: info}, tell: [chat, pager], mute: nights}
  - {match: {severity: critical}, tell: pager, active: nights}
`);
    // Friday to Saturday; Berlin is two hours ahead of UTC.
    const at = (text: string) => reached(model, { severity: "info" }, Date.parse(text));
    expect(at("2026-07-03T19:59:00Z")).toBe("chat,pager");
    expect(at("2026-07-03T20:00:00Z")).toBe("");
    expect(at("2026-07-04T03:59:00Z")).toBe("");
    expect(at("2026-07-04T04:00:00Z")).toBe("chat,pager");
    expect(at("2026-07-04T20:00:00Z")).toBe("chat,pager");
    const active = (text: string) => reached(model, { severity: "critical" }, Date.parse(text));
    expect(active("2026-07-03T19:59:00Z")).toBe("");
    expect(active("2026-07-03T20:00:00Z")).toBe("pager");
  });
});

describe("routes of the specification", () => {
  it.each([
    ["{match: {a: b}, tell: opps}", 'did you mean "ops"?'],
    ["{match: {a: b}, tell: ops, mute: night}", 'no mute timing "night"'],
    ["{match: ['a b'], tell: ops}", "expected a matcher"],
    ["{match: ['a=~\"(\"'], tell: ops}", "cannot be read"],
    ["{match: ['a=~\"(?!x)\"'], tell: ops}", "looks ahead"],
    ["{match: {a: b}, tell: ops, group_by: [a, a]}", "stands there twice"],
    ["{match: {a: b}, tell: ops, repeat_interval: 0s}", "repeat_interval is 0"],
    ["{match: ['a=\"x\"', 'a!=\"x\"'], tell: ops}", "never hold together"],
    ["{match: {service: api}, tell: ops}", 'did you mean "service_name"?'],
  ])("are refused with what is wrong: %s", (route, expected) => {
    expect(faultsOf(`${CONTACTS}routes: [${route}]`).join("\n")).toContain(expected);
  });

  it("know the contact of everybody who names one", () => {
    const text = `${CONTACTS}services: [{name: api, owner: opps}]
alerts: [{name: A, metric: {service: web, signal: p95}, when: above 1s, tell: chta}]
slos: [{name: S, service: api, target: "99%", availability: true, ticket: pagr}]
probes: [{name: P, url: "https://x.org", tell: nobody}]
default_alerts: {tell: op, change: {crash: {tell: ch}}}
route_tests: [{labels: {a: b}, reaches: [pagre]}]
`;
    const unknown = faultsOf(text).filter((fault) => fault.includes("unknown-contact"));
    expect(unknown).toHaveLength(7);
    expect(unknown.join()).toContain("expected one of ops, chat, pager");
  });

  it("say which route can never be reached, and why", () => {
    const faults = faultsOf(`${CONTACTS}routes:
  - {name: wide, match: ['severity=~"critical|warning"'], tell: ops}
  - {name: narrow, match: {severity: critical, service_name: api}, tell: chat}
  - {name: other, match: {severity: info}, tell: chat}
`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^7 route-unreachable: narrow is never reached: wide comes first/);
  });

  it("say that an alert which names its contacts does not ask them", () => {
    const text = (more: string) =>
      `${CONTACTS}${ALERTS}routes: [{match: {alertname: Told}, tell: ops${more}}]\n`;
    expect(faultsOf(text("")).join()).toContain("names whom to tell");
    expect(faultsOf(text(", continue: true"))).toEqual([]);
  });

  it("say who would be told twice", () => {
    const text = (second: string) => `${CONTACTS}routes:
  - {name: one, match: {severity: critical}, tell: [ops, chat], continue: true}
  - {name: two, match: ${second}, tell: chat}
`;
    expect(faultsOf(text("{service_name: api}")).join()).toContain("told to chat twice");
    expect(faultsOf(text("{severity: info}"))).toEqual([]);
  });

  it("keep labels that are ours from the alerts of the user", () => {
    const alert =
      "{name: A, metric: {service: api, signal: p95}, when: above 1s, labels: {tell: x}}";
    expect(faultsOf(`${CONTACTS}alerts: [${alert}]`).join()).toContain("reserved");
  });

  it("are a subtree of this project's alerts in Grafana, and nothing without contacts", () => {
    const policy = emitGrafanaPolicy(modelOf(CONTACTS, GRAFANA_TARGET));
    expect(policy?.route["object_matchers"]).toEqual([["sightline_project", "=", "shop"]]);
    expect(policy?.muteTimings.map(({ name }) => name)).toEqual(["sightline-never"]);
    expect(emitGrafanaPolicy(modelOf("alerts: []", GRAFANA_TARGET))).toBeUndefined();
  });
});

describe("route tests", () => {
  it("pass where the contacts are those, and say who was reached where not", () => {
    const { model, document } = compileText(`${CONTACTS}${ALERTS}mute_timings:
  - {name: always, intervals: [{times: ["00:00-24:00"]}]}
routes: [{match: {severity: info}, tell: chat, mute: always}]
route_tests:
  - {labels: {alertname: Told}, reaches: [pager, chat]}
  - {name: wrong, labels: {alertname: Silent}, reaches: [chat]}
  - {labels: {severity: info}, at: "2026-01-01T00:00:00Z", reaches: []}
`);
    const results = runRouteTests(model, document, 0);
    expect(results.map(({ passed }) => passed)).toEqual([true, false, true]);
    expect(results[1]).toMatchObject({ name: "wrong", expected: ["chat"], reached: ["ops"] });
    expect(results[1]?.place.line).toBe(13);
    expect(results[2]?.notes).toEqual(['chat: muted by "always"']);
  });
});

describe("matchers", () => {
  it.each([
    ['severity="critical"', "severity", "=", "critical"],
    ["severity=critical", "severity", "=", "critical"],
    [' "service.name" !~ "a|b" ', "service.name", "!~", "a|b"],
    ['ü=~"x\\"y\\\\\\\\z\\n"', "ü", "=~", 'x"y\\\\z\n'],
    ['a=""', "a", "=", ""],
    ["a=", "a", "=", ""],
  ])("are read as Alertmanager reads them: %s", (text, label, operator, value) => {
    expect(parseMatcher(text)).toEqual({ status: "ok", matcher: { label, operator, value } });
  });

  it.each(["", "a", "a==b", "a=b=c", 'a="b', "a b=c", "{a=b}", 'a="\\q"', "=b", '""=b'])(
    "are refused: %s",
    (text) => {
      expect(parseMatcher(text).status).toBe("invalid");
    },
  );

  it("are the same after they were written", () => {
    for (const value of ['x"y', "a\\b", "line\nbreak", "ünï ☃", "", "{}", "$a"]) {
      const matcher = { label: "a.b", operator: "=", value } as const;
      expect(parseMatcher(formatMatcher(matcher))).toEqual({ status: "ok", matcher });
    }
  });

  it.each([
    ["a.c", "abc", true],
    ["a.c", "a\nc", false],
    ["(?s)a.c", "a\nc", true],
    ["(?i)ABC|x", "aBc", true],
    ["[[:alpha:]]+\\d", "ab1", true],
    ["[]a]+", "]a", true],
    ["a{,2}", "a{,2}", true],
    ["x{2}", "xx", true],
    ["(?P<n>a)b", "ab", true],
    ["\\Qa", "a", undefined],
    ["a\\.b\\-c\\/d", "a.b-c/d", true],
    ["", "", true],
    ["b", "abc", false],
    ["\\p{Lu}\\pL", "Éa", true],
    ["\\x{e9}]", "é]", true],
    ["[\\S]", "\u00a0", true],
    ["a{1001}", "a", undefined],
    ["\\u0041", "A", undefined],
  ])("match as RE2 does: %s on %s", (pattern, text, expected) => {
    const result = toRegExp(pattern);
    const found = result.status === "ok" ? result.regExp.test(text) : undefined;
    expect(found).toBe(expected);
  });
});

describe("mute timings", () => {
  it.each([
    ["{times: ['25:00-26:00']}", "expected times"],
    ["{times: ['10:00-10:00']}", "differ"],
    ["{weekdays: [montag]}", "expected weekdays"],
    ["{days_of_month: [0]}", "expected days of the month"],
    ["{days_of_month: ['-3:3']}", "not after the end"],
    ["{months: [13]}", "expected months"],
    ["{years: ['2028:2026']}", "expected years"],
    ["{}", "would hold always"],
    ["{times: ['22:00-06:00'], months: [3]}", "write two intervals"],
  ])("are refused with what is wrong: %s", (interval, expected) => {
    const faults = faultsOf(`mute_timings: [{name: n, intervals: [${interval}]}]`);
    expect(faults.join("\n")).toContain(expected);
  });

  it("refuse a time zone that is none", () => {
    const text = "mute_timings: [{name: n, timezone: Berlin, intervals: [{weekdays: [sat]}]}]";
    expect(faultsOf(text).join()).toContain("expected a time zone such as Europe/Berlin");
  });

  // What Alertmanager's own package timeinterval says of these moments.
  it.each([
    ["{days_of_month: [-1]}", "Europe/Berlin", "2026-01-30T23:00:00Z", true],
    ["{days_of_month: [-1]}", "UTC", "2026-01-30T23:00:00Z", false],
    // March loses an hour there, and Alertmanager counts 30 days.
    ["{days_of_month: [-1]}", "Europe/Berlin", "2026-03-30T12:00:00Z", true],
    ["{days_of_month: [-1]}", "Europe/Berlin", "2026-03-31T12:00:00Z", false],
    ["{days_of_month: ['28:31']}", "UTC", "2026-02-28T12:00:00Z", true],
    ["{days_of_month: [31]}", "UTC", "2026-02-28T12:00:00Z", false],
    ["{months: ['nov-feb']}", "UTC", "2026-01-15T00:00:00Z", true],
    ["{months: ['nov-feb']}", "UTC", "2026-03-01T00:00:00Z", false],
    ["{weekdays: ['sat-mon']}", "Asia/Kathmandu", "2026-07-03T18:15:00Z", true],
    ["{weekdays: ['sat-mon']}", "Asia/Kathmandu", "2026-07-03T18:14:00Z", false],
    ["{years: [2026]}", "America/New_York", "2027-01-01T04:59:00Z", true],
    ["{times: ['09:00-17:00']}", "Australia/Lord_Howe", "2026-01-01T22:00:00Z", true],
    ["{times: ['09:00-17:00']}", "Australia/Lord_Howe", "2026-01-01T21:59:00Z", false],
  ])("hold when Alertmanager says so: %s in %s at %s", (interval, zone, at, expected) => {
    const model = modelOf(`mute_timings: [{name: n, timezone: ${zone}, intervals: [${interval}]}]`);
    const [timing] = model.muteTimings;
    expect(timing && containsTime(timing, Date.parse(at))).toBe(expected);
  });
});
