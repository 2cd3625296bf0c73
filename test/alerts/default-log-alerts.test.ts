import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CRASH_FIELD, ERROR_FIELD, LOKI_LABEL } from "@sightline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACK } from "../../packages/cli/src/compile/pack/pack.ts";
import type { TestLine } from "../../packages/cli/src/rule-test/case.ts";
import { type LokiEngine, startLoki } from "../../packages/cli/src/rule-test/engines/loki.ts";
import { builtTool } from "../harness/built-tool.ts";
import { compileYaml, emittedRules } from "./compile-yaml.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Long ago: Loki's engine takes any time, and the cases are the same whenever they run. */
const START = Date.UTC(2026, 0, 5, 0, 0, 0);

const LABELS = {
  [LOKI_LABEL.serviceName]: "api",
  [LOKI_LABEL.deploymentEnvironmentName]: "prod",
  [LOKI_LABEL.hostName]: "vm-1",
};
const SERVICE = { service_name: "api", deployment_environment_name: "prod" };
const ON_HOST = { ...SERVICE, host_name: "vm-1" };

function record(
  kind: string,
  atMillis: number,
  metadata: Record<string, string>,
  text = kind,
): TestLine {
  return { stream: { ...LABELS, [LOKI_LABEL.kind]: kind }, atMillis, text, metadata };
}
const line = (atMillis: number): TestLine => record("log", atMillis, {}, "hello");
const error = (atMillis: number, fp: string, n = 1): TestLine =>
  record("error", atMillis, {
    [ERROR_FIELD.fp]: fp,
    [ERROR_FIELD.fpTemplate]: `template of ${fp}`,
    [ERROR_FIELD.n]: String(n),
  });
const crash = (atMillis: number, more: Record<string, string> = {}): TestLine =>
  record(
    "crash",
    atMillis,
    { [CRASH_FIELD.source]: "agent", [CRASH_FIELD.verdict]: "uncaught", ...more },
    "api died: uncaught exception (run 2, after 5m)\nError: no",
  );

const visitor = (atMillis: number, number: number, state = "active"): TestLine =>
  record("session", atMillis, { state, visitor_hash: `visitor${number}` });
const count = (length: number, each: (index: number) => TestLine): TestLine[] =>
  Array.from({ length }, (_, index) => each(index));

interface LogCase {
  readonly alert: string;
  readonly title: string;
  readonly lines: readonly TestLine[];
  readonly at: number;
  readonly fires?: Readonly<Record<string, string>>;
}

const NOW = 8 * DAY;
/** The stack is there since the first day. */
const OLD = [line(NOW - DAY - 3 * MINUTE)];

const CASES: readonly LogCase[] = [
  { alert: "crash", title: "a death", lines: [crash(NOW - MINUTE)], at: NOW, fires: ON_HOST },
  {
    alert: "crash",
    title: "a stop that was asked for",
    lines: [crash(NOW - MINUTE, { [CRASH_FIELD.planned]: "true" })],
    at: NOW,
  },
  {
    alert: "crash",
    title: "a good end",
    lines: [crash(NOW - MINUTE, { [CRASH_FIELD.verdict]: "clean" })],
    at: NOW,
  },
  { alert: "crash", title: "a death an hour ago", lines: [crash(NOW - HOUR)], at: NOW },
  {
    alert: "restart-loop",
    title: "three deaths",
    lines: [1, 3, 5].map((minutes) => crash(NOW - minutes * MINUTE)),
    at: NOW,
    fires: ON_HOST,
  },
  {
    alert: "restart-loop",
    title: "two deaths that agent and process tell of",
    lines: [1, 5].flatMap((minutes) => [
      crash(NOW - minutes * MINUTE),
      crash(NOW - minutes * MINUTE + 5, { [CRASH_FIELD.source]: "process" }),
    ]),
    at: NOW,
  },
  {
    alert: "error-burst",
    title: "sixty errors in two records",
    lines: [error(NOW - MINUTE, "a", 59), error(NOW - 2 * MINUTE, "b")],
    at: NOW,
    fires: SERVICE,
  },
  {
    alert: "error-burst",
    title: "a service that always logs so many",
    lines: Array.from({ length: 70 }, (_, minute) => error(NOW - minute * MINUTE - 1_000, "a", 10)),
    at: NOW,
  },
  {
    alert: "error-burst",
    title: "a record without a readable count",
    lines: [
      error(NOW - MINUTE, "a", 59),
      record("error", NOW - MINUTE, { [ERROR_FIELD.n]: "many" }),
    ],
    at: NOW,
    fires: SERVICE,
  },
  { alert: "error-burst", title: "a few errors", lines: [error(NOW - MINUTE, "a", 9)], at: NOW },
  {
    alert: "browser-errors",
    title: "twelve of thirty visitors met an error",
    lines: [
      ...count(30, (index) => visitor(NOW - 5 * MINUTE, index)),
      ...count(12, (index) => visitor(NOW - MINUTE, index, "errored")),
    ],
    at: NOW,
    fires: SERVICE,
  },
  {
    alert: "browser-errors",
    title: "twelve of a hundred visitors met one",
    lines: [
      ...count(100, (index) => visitor(NOW - 5 * MINUTE, index)),
      ...count(12, (index) => visitor(NOW - MINUTE, index, "errored")),
    ],
    at: NOW,
  },
  {
    alert: "browser-errors",
    title: "one visitor who met it in many tabs",
    lines: count(30, (index) => visitor(NOW - index * MINUTE, 1, "errored")),
    at: NOW,
  },
  {
    alert: "browser-errors",
    title: "users of a server, of whom no browser is known",
    lines: count(30, (index) =>
      record("session", NOW - MINUTE, { state: "errored", user_hash: `user${index}` }),
    ),
    at: NOW,
  },
  {
    alert: "new-error",
    title: "one that was never there",
    lines: [...OLD, error(NOW - MINUTE, "new"), error(NOW - 2 * DAY, "old")],
    at: NOW,
    fires: { ...SERVICE, fp: "new", fp_t: "template of new" },
  },
  {
    alert: "new-error",
    title: "one that was there six days ago",
    lines: [...OLD, error(NOW - MINUTE, "old"), error(NOW - 6 * DAY, "old")],
    at: NOW,
  },
  {
    alert: "new-error",
    title: "one that another service had",
    lines: [
      ...OLD,
      error(NOW - MINUTE, "shared"),
      { ...error(NOW - DAY, "shared"), stream: { ...LABELS, kind: "error", service_name: "web" } },
    ],
    at: NOW,
    fires: { ...SERVICE, fp: "shared", fp_t: "template of shared" },
  },
  {
    alert: "new-error",
    title: "the first day, in which all is new",
    lines: [error(NOW - MINUTE, "new")],
    at: NOW,
  },
];

const rows = PACK.filter(({ source }) => source === "loki");
const rules = emittedRules(compileYaml("contacts: []\n"));

describe("The default alerts on lines, on Loki's own engine", () => {
  let folder: string;
  let loki: LokiEngine;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sightline-log-alerts-"));
    loki = await startLoki(
      builtTool("loki", "grafana/loki", "loki"),
      folder,
      new AbortController().signal,
    );
  });
  afterAll(async () => {
    await loki.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(rows.map(({ id }) => id))("%s has a case that fires and one that does not", (id) => {
    const ofRow = CASES.filter(({ alert }) => alert === id);
    expect(new Set(ofRow.map(({ fires }) => fires !== undefined))).toEqual(new Set([true, false]));
  });

  it.each(CASES.map((it, index) => ({ ...it, index })))(
    "$alert: $title",
    async ({ alert, lines, at, fires, index }) => {
      const tenant = `case-${index}`;
      await loki.push(tenant, START, lines);
      const rule = rules.find(({ id }) => id === `sightline-${alert}`);
      if (rule === undefined) throw new Error(`no rule of ${alert}`);
      const answer = await loki.evaluate(tenant, rule.expr, {
        firstMillis: START + at,
        everyMillis: MINUTE,
        count: 1,
      });
      if (answer.status !== "ok") throw new Error(answer.message);
      expect(answer.at[0]?.map(({ labels }) => labels)).toEqual(fires === undefined ? [] : [fires]);
    },
  );

  it("messages tell the line, its template, who was hit and how it died", async () => {
    const hit = { ...error(NOW - MINUTE, "a", 60), text: "TypeError: no" };
    const user = { ...hit.metadata, [ERROR_FIELD.userHash]: "u1" };
    await loki.push("facts", START, [crash(NOW - MINUTE), { ...hit, metadata: user }]);
    const { model } = compileYaml("contacts: []\n");
    const found: Record<string, string | undefined> = {};
    for (const { id, message } of model.rules.filter(({ source }) => source === "loki")) {
      for (const { name, query, read } of message.facts) {
        const answer = await loki.evaluate("facts", query, {
          firstMillis: START + NOW,
          everyMillis: MINUTE,
          count: 1,
        });
        if (answer.status !== "ok") throw new Error(`${query}: ${answer.message}`);
        const [sample] = answer.at[0] ?? [];
        const text = read.kind === "label" ? sample?.labels[read.label] : String(sample?.value);
        found[`${id.replace("sightline-", "")} ${name}`] = text;
      }
    }
    expect(found).toMatchObject({
      "error-burst line": "TypeError: no",
      "error-burst template": "template of a",
      "error-burst users": "1",
      "new-error line": "TypeError: no",
      "crash headline": "api died: uncaught exception (run 2, after 5m)",
      "crash template": "uncaught",
      "restart-loop template": "uncaught",
    });
  });

  it("records of SLOs count each line, also where no bad one ever came", async () => {
    const yaml = `slos: [{name: Mail, target: "99%", log: {bad: '{service_name="api"} |= "bad" | json | a > 1', total: '{service_name="api"}'}}]`;
    await loki.push(
      "slo",
      START,
      Array.from({ length: 300 }, (_, second) => line(NOW - second * 1_000 - 90_000)),
    );
    const records = emittedRules(compileYaml(yaml)).filter(
      ({ kind, source, rule }) =>
        kind === "record" && source === "loki" && String(rule["record"]).startsWith("slo:"),
    );
    const values: (number | undefined)[] = [];
    for (const { expr } of records) {
      const answer = await loki.evaluate("slo", expr, {
        firstMillis: START + NOW,
        everyMillis: MINUTE,
        count: 1,
      });
      if (answer.status !== "ok") throw new Error(answer.message);
      values.push(answer.at[0]?.[0]?.value);
    }
    expect(values[0]).toBe(0);
    expect(values[1]).toBeCloseTo(0.9, 5);
  });
});
