import { ALERT_LABEL, ANNOTATION } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { compilePack } from "../../../src/compile/pack/compile-pack.ts";
import { INHIBITIONS } from "../../../src/compile/pack/inhibitions.ts";
import { PACK } from "../../../src/compile/pack/pack.ts";
import { readAmount } from "../../../src/compile/pack/read-amount.ts";
import { compileText, inputOf } from "../compile-text.ts";

const pack = (text: string): ReturnType<typeof compilePack> => compilePack(inputOf(text));
const ruleOf = (text: string, id: string) =>
  pack(text).rules.find((rule) => rule.id === `sightline-${id}`);

describe("The table of default alerts", () => {
  it("has ids and names that are used once, in forms that every engine takes", () => {
    expect(new Set(PACK.map(({ id }) => id)).size).toBe(PACK.length);
    expect(new Set(PACK.map(({ name }) => name)).size).toBe(PACK.length);
    for (const { id } of PACK) expect(id).toMatch(/^[a-z][a-z-]{1,28}[a-z]$/);
  });

  it.each(PACK.map((row) => ({ id: row.id, row })))(
    "$id has an amount of its unit, whole intervals and sorted labels",
    ({ row }) => {
      if (row.unit !== undefined) expect(readAmount(row.amount, row.unit).status).toBe("ok");
      else expect(row.amount).toMatch(/^\d+$/);
      expect(row.everyMillis % 10_000).toBe(0);
      expect(row.by).toEqual([...row.by].sort());
      expect(row.summary).not.toMatch(/\.$/);
      // Loki's ruler does not know it.
      if (row.source === "loki") expect(row.keepFiringForMillis).toBe(0);
    },
  );

  it.each(PACK.map((row) => ({ id: row.id, row })))(
    "$id speaks of labels and facts alone that it has",
    ({ row }) => {
      const texts = [row.summary, row.description, row.lines, row.dashboard, row.command];
      for (const text of texts) {
        for (const [, name = ""] of (text ?? "").matchAll(/\{(?:[quw]:)?([a-z_]+)\}/g)) {
          expect(["value", ...row.by]).toContain(name);
        }
        for (const [, name = ""] of (text ?? "").matchAll(/\{fact:([a-z_]+)\}/g)) {
          const ofLines = row.linesOf === undefined ? [] : ["line", "template", "users", "release"];
          expect([...(row.facts ?? []).map((fact) => fact.name), ...ofLines]).toContain(name);
        }
      }
    },
  );

  it("wakes people only for what users feel, and when monitoring is blind", () => {
    const critical = PACK.filter(({ severity }) => severity === "critical").map(({ id }) => id);
    expect(critical).toEqual([
      "service-down",
      "error-rate",
      "restart-loop",
      "host-silent",
      "disk-full",
      "probe-failing",
      "server-down",
      "notifications-failing",
      "notifications-dropped",
      "canary-missing",
    ]);
  });
});

describe("default_alerts", () => {
  it("is all on without a word", () => {
    expect(pack("contacts: []").rules.map(({ id }) => id)).toEqual(
      PACK.map(({ id }) => `sightline-${id}`),
    );
    expect(pack("contacts: []").faults).toEqual([]);
  });

  it("leaves out what is off, and everything with enabled: false", () => {
    const ids = pack("default_alerts: {off: [new-error, host-cpu]}").rules.map(({ id }) => id);
    expect(ids).not.toContain("sightline-new-error");
    expect(ids).toHaveLength(PACK.length - 2);
    expect(pack("default_alerts: {enabled: false}").rules).toEqual([]);
  });

  it("changes amount, time, severity and contacts of one alert", () => {
    const text =
      "default_alerts: {tell: chat, change: {disk-forecast: {amount: 12h, for: 1h, severity: critical, tell: ops}}}";
    const rule = ruleOf(text, "disk-forecast");
    expect(rule).toMatchObject({ forMillis: 3_600_000, severity: "critical", contacts: ["ops"] });
    const { expression } = rule ?? {};
    if (expression?.kind !== "conditions") throw new Error("no conditions");
    expect(expression.all.map(({ amount }) => amount)).toEqual(["43200", "43200", "0.6"]);
    expect(ruleOf(text, "disk-full")?.contacts).toEqual(["chat"]);
  });

  it("tells nobody of the watchdog unless it is asked to", () => {
    expect(ruleOf("default_alerts: {tell: ops}", "watchdog")).toMatchObject({
      severity: "none",
      contacts: [],
    });
    expect(
      ruleOf("default_alerts: {change: {watchdog: {tell: ops}}}", "watchdog")?.contacts,
    ).toEqual(["ops"]);
  });

  it("takes a number where an amount is one", () => {
    const rule = ruleOf("default_alerts: {change: {error-burst: {amount: 200}}}", "error-burst");
    expect(JSON.stringify(rule?.expression)).toContain('"amount":"200"');
  });

  it("tells every mistake with its place and what was meant", () => {
    const { faults } = pack(
      "default_alerts:\n  off: [new-errr, nothing-like-it]\n  change:\n    host-cpu: {amount: 5h}\n    watchdog: {amount: 3}\n    diskfull: {for: 1h}\n",
    );
    expect(
      faults.map(({ check, message, advice, place }) => [
        check,
        message,
        advice?.slice(0, 30),
        place?.line,
        place?.column,
      ]),
    ).toEqual([
      [
        "unknown-default-alert",
        '"new-errr" is no default alert',
        'did you mean "new-error"?',
        2,
        9,
      ],
      [
        "unknown-default-alert",
        '"nothing-like-it" is no default alert',
        "there are: service-down, error",
        2,
        19,
      ],
      [
        "unknown-default-alert",
        '"diskfull" is no default alert',
        'did you mean "disk-full"?',
        6,
        expect.any(Number),
      ],
      [
        "default-alert-amount",
        'amount of "host-cpu" is "5h", expected a percentage from 0% to 100%, like "5%"',
        "without it the amount is 90%",
        4,
        expect.any(Number),
      ],
      [
        "default-alert-amount",
        '"watchdog" has no amount that could be changed, got "3"',
        "leave amount out; for, severit",
        5,
        expect.any(Number),
      ],
    ]);
  });

  it("looks at the environment of its target alone", () => {
    const text = "targets: [{name: prod, stack: {}, environment: 'a\"b'}]";
    const input = inputOf(text, { target: { kind: "stack", name: "prod", data: undefined } });
    const rule = compilePack(input).rules.find(({ id }) => id === "sightline-error-rate");
    expect(JSON.stringify(rule?.expression)).toContain(
      JSON.stringify('deployment_environment_name="a\\"b"').slice(1, -1),
    );
  });

  it("links runbook, silence and dashboard where their addresses are known, else names file and command", () => {
    const without = ruleOf("contacts: []", "error-rate")?.message.annotations ?? {};
    expect(without[ANNOTATION.runbookUrl]).toEqual([
      { kind: "text", text: "docs/runbooks/error-rate.md" },
    ]);
    expect(Object.keys(without)).toEqual([
      ANNOTATION.runbookUrl,
      ANNOTATION.logsQuery,
      ANNOTATION.logsCommand,
    ]);
    const input = inputOf("contacts: []", {
      urls: { grafana: "https://g", alertmanager: "https://a", runbooks: "https://r" },
    });
    const rule = compilePack(input).rules.find(({ id }) => id === "sightline-error-rate");
    const annotations = rule?.message.annotations ?? {};
    expect(annotations[ANNOTATION.runbookUrl]).toEqual([
      { kind: "text", text: "https://r/error-rate" },
    ]);
    for (const name of [ANNOTATION.logsUrl, ANNOTATION.dashboardUrl, ANNOTATION.silenceUrl]) {
      expect(Object.keys(annotations)).toContain(name);
    }
  });

  it.each(PACK.filter(({ by }) => by.includes("service_name")).map(({ id }) => id))(
    "leaves out services of %s",
    (id) => {
      const text = `default_alerts: {change: {${id}: {except: [legacy.v1, "b|c"]}}}`;
      expect(pack(text).faults).toEqual([]);
      const rule = ruleOf(text, id);
      if (rule?.expression.kind !== "conditions") throw new Error("no conditions");
      const queries = [...rule.expression.all, ...rule.message.facts].map(({ query }) => query);
      for (const query of queries) {
        expect(query).toContain(String.raw`service_name!~"legacy\\.v1|b\\|c"`);
      }
    },
  );

  it("warns of an alert of the user that is called like one of its own, unless that one is off", () => {
    const yours = "alerts: [{name: Crash, crash: {}}]\n";
    expect(pack(yours).faults).toMatchObject([
      {
        check: "duplicate-name",
        severity: "warning",
        message: expect.stringContaining('a default alert is called "Crash", too'),
        place: { line: 1, column: 17 },
      },
    ]);
    expect(pack(`${yours}default_alerts: {off: [crash]}`).faults).toEqual([]);
    expect(pack(`${yours}default_alerts: {enabled: false}`).faults).toEqual([]);
  });

  it("cannot leave out services of what is about no service", () => {
    expect(pack("default_alerts: {change: {host-cpu: {except: api}}}").faults).toMatchObject([
      { check: "default-alert-except", message: expect.stringContaining("about no service") },
    ]);
  });

  it("asks about a probe with an alert of its own only there", () => {
    const text =
      "probes: [{name: 'Shop (EU)', url: 'https://example.org', for: 5m}, {name: DB, tcp: 'db:5432'}]";
    const query = JSON.stringify(ruleOf(text, "probe-failing")?.expression);
    expect(query).toContain("Shop");
    expect(query).not.toContain("DB");
    expect(compileText(text).model.rules.filter(({ origin }) => origin === "probe")).toHaveLength(
      1,
    );
  });

  it("is the same each time, byte for byte", () => {
    expect(JSON.stringify(pack("contacts: []"))).toBe(JSON.stringify(pack("contacts: []")));
  });
});

describe("What keeps what quiet", () => {
  it("names labels that the alert that silences surely has", () => {
    for (const { source, equal } of INHIBITIONS) {
      const [name] = source.filter(({ label }) => label === ALERT_LABEL.alertName);
      const row = PACK.find((each) => each.name === name?.value);
      if (row !== undefined) expect(row.by).toEqual(expect.arrayContaining([...equal]));
    }
  });

  it("never lets an alert silence itself", () => {
    for (const { source, target } of INHIBITIONS) {
      for (const { name, severity } of PACK) {
        const labels: Record<string, string> = { alertname: name, severity };
        const matches = (all: typeof source): boolean =>
          all.every(({ label, operator, value }) =>
            operator === "="
              ? labels[label] === value
              : new RegExp(`^(?:${value})$`).test(labels[label] ?? ""),
          );
        expect(matches(source) && matches(target)).toBe(false);
      }
    }
  });
});
