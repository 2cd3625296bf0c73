import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadModel } from "../../packages/cli/src/commands/load-model.ts";
import type { Model } from "../../packages/cli/src/compile/model.ts";
import { createContext } from "../../packages/cli/src/context.ts";
import { emitGrafana } from "../../packages/cli/src/emit/grafana/emit-grafana.ts";
import type { TestCase, Tick } from "../../packages/cli/src/rule-test/case.ts";
import { type LokiEngine, startLoki } from "../../packages/cli/src/rule-test/engines/loki.ts";
import { readTestFile } from "../../packages/cli/src/rule-test/file/read-test-file.ts";
import { BACKTEST_10_4 } from "../../packages/cli/src/rule-test/grafana/steps.ts";
import { type PreparedCase, prepareCases } from "../../packages/cli/src/rule-test/prepare.ts";
import { type CaseResult, runCases } from "../../packages/cli/src/rule-test/run-cases.ts";
import { TOOLS, toolBinary } from "../../packages/cli/src/stack/tools.ts";
import { recordIo } from "../../packages/cli/test/support/io.ts";
import { grafanaHome, type RealServer, startRealServer } from "../harness/grafana/real-server.ts";
import { type MetricStore, startMetricStore } from "../harness/metric-store.ts";
import { TOLD_ALERTS, TOLD_MILLIS, toldCase, toldLines } from "../harness/told-lines.ts";

// `sightline test` runs Grafana's half in TypeScript. Here the same rules run, on the same lines and
// samples, in a real Grafana (GRAFANA_HOME: a folder with bin/grafana) by its backtest: its own
// queries, expressions and state machine, evaluation by evaluation.

const FIXTURES = join(import.meta.dirname, "../stack/fixtures/rule-tests");
const TENANT = "conformance";
const SLOT_MILLIS = 3 * 86_400_000;
/** Longer cases look back further than a slot, and take minutes each. */
const MAX_MILLIS = 3 * 3_600_000;

describe.skipIf(grafanaHome() === undefined)("rules in a real Grafana", () => {
  let grafana: RealServer;
  let prometheus: MetricStore;
  let loki: LokiEngine;
  let model: Model;
  let cases: readonly PreparedCase[];
  let results: readonly CaseResult[];
  let toldAt: number;
  let binaries: { loki: string; promtool: string };
  const folder = mkdtempSync(join(tmpdir(), "sightline-conformance-"));

  beforeAll(async () => {
    const context = createContext(recordIo(process.env));
    const binary = (name: string, own?: string): string => {
      const tool = TOOLS.find((one) => one.name === name);
      if (!tool) throw new Error(`no tool ${name}`);
      return toolBinary(context.paths, tool, own);
    };
    const promtool = binary("prometheus", "promtool");
    binaries = { loki: binary("loki"), promtool };
    const loaded = await loadModel(context, { file: join(FIXTURES, "sightline.yaml") });
    if (loaded.status !== "ok") throw new Error(JSON.stringify(loaded.faults));
    model = toGrafana(loaded.model);
    const tests = ["alerts", "default-alerts"].flatMap((name) =>
      readCases(`${name}.sightline-test.yaml`),
    );
    cases = prepareCases(model, inSlots(tests)).cases.filter(isComparable);
    const signal = new AbortController().signal;
    results = await runCases(cases, model, binaries, signal, undefined, BACKTEST_10_4);
    loki = await startLoki(binary("loki"), folder, signal);
    // As late as can be: what is told is looked for in the last minutes.
    toldAt = Date.now() - TOLD_MILLIS;
    for (const { test: one } of cases) await loki.push(TENANT, one.startMillis, one.lines);
    prometheus = await startMetricStore(
      { prometheus: binary("prometheus"), promtool },
      [...cases.map(({ test: one }) => one), toldFigure(toldAt), toldMemory(toldAt)].map((one) => ({
        startMillis: one.startMillis,
        series: one.series,
      })),
    );
    await loki.push(TENANT, toldAt, toldLines());
    grafana = await startRealServer(
      grafanaHome() ?? "",
      { "datasources/stores.yaml": datasources(prometheus.url, loki.url) },
      { GF_FEATURE_TOGGLES_ENABLE: "alertingBacktesting" },
    );
  });

  afterAll(async () => {
    await grafana?.stop();
    await prometheus?.stop();
    await loki?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("every message is the one that sightline test says", async () => {
    const tests = [...TOLD_ALERTS.map((alert) => toldCase(alert, toldAt)), toldFigure(toldAt)];
    const ours = await runCases(
      prepareCases(model, tests).cases,
      model,
      binaries,
      new AbortController().signal,
      undefined,
      BACKTEST_10_4,
    );
    for (const { test: one, runs } of ours) {
      const run = runs.find(({ output }) => output === "grafana");
      const alerts = run?.status === "ran" ? (run.ticks.at(-1)?.alerts ?? []) : [];
      const rule = emitGrafana(model).find(
        ({ title, kind }) => kind === "rule" && title === one.alert,
      );
      const theirs = await testRule(grafana, rule?.body ?? {});
      expect(alerts.length).toBeGreaterThan(0);
      expect({
        name: one.name,
        alerts: alerts.map(({ labels, annotations }) => ({ labels, annotations })),
      }).toEqual({
        name: one.name,
        alerts: theirs.map(({ labels, annotations }) => ({
          labels: ownParts(labels),
          annotations: ownParts(annotations),
        })),
      });
    }
  });

  test("every alert is in the state that sightline test says, at every evaluation", {
    timeout: 600_000,
  }, async () => {
    const differences: string[] = [];
    let evaluations = 0;
    for (const [index, prepared] of cases.entries()) {
      const run = results[index]?.runs.find(({ output }) => output === "grafana");
      if (run?.status !== "ran") throw new Error(`${prepared.test.name}: ${JSON.stringify(run)}`);
      const real = await backtest(grafana, model, prepared);
      run.ticks.forEach((tick, at) => {
        if (at >= real.length) return;
        evaluations += 1;
        const [ours, theirs] = [describeTick(tick), real[at] ?? ""];
        if (ours !== theirs) {
          differences.push(
            `${prepared.test.name}, at ${tick.atMillis / 60_000}m: ours ${ours || "normal"}, Grafana's ${theirs || "normal"}`,
          );
        }
      });
    }
    expect(differences).toEqual([]);
    expect(cases.length).toBeGreaterThan(50);
    expect(evaluations).toBeGreaterThan(1_000);
  });
});

/** With its figure in the message, and firing at once. */
function toldFigure(startMillis: number): TestCase {
  const tokens = new Array<string>(12).fill("1234.5");
  const series = [{ series: 'queue_length{queue="mail"}', everyMillis: 60_000, tokens }];
  return toldCase("Whole PromQL", startMillis, { lines: [], series });
}

/** Of a host without an environment: a label that the message names and that is not there. */
function toldMemory(startMillis: number): TestCase {
  const series = ["system_linux_memory_available_bytes", "system_memory_limit_bytes"].map(
    (metric, index) => ({
      series: `${metric}{host_name="vm1"}`,
      everyMillis: 60_000,
      tokens: new Array<string>(12).fill(index === 0 ? "10" : "100"),
    }),
  );
  return toldCase("Memory of the host", startMillis, { lines: [], series });
}

/** What an alert of the rule says now: labels and annotations, as they would be sent. */
async function testRule(
  { url, authorization }: RealServer,
  body: Readonly<Record<string, unknown>>,
): Promise<{ labels: Record<string, string>; annotations: Record<string, string> }[]> {
  const post = (path: string, value: unknown): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(value),
    });
  await post("/api/folders", { uid: "told", title: "told" });
  const response = await post("/api/v1/rule/test/grafana", {
    folderUid: "told",
    folderTitle: "told",
    ruleGroup: "told",
    rule: {
      for: "0s",
      labels: body["labels"],
      annotations: body["annotations"],
      grafana_alert: {
        title: body["title"],
        condition: body["condition"],
        data: body["data"],
        no_data_state: body["noDataState"],
        exec_err_state: body["execErrState"],
      },
    },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${body["title"]}: ${response.status} ${text}`);
  return JSON.parse(text);
}

function toGrafana(model: Model): Model {
  return {
    ...model,
    target: {
      kind: "grafana",
      name: "conformance",
      url: "http://127.0.0.1",
      token: undefined,
      orgId: undefined,
      folder: "Sightline",
      datasources: { prometheus: "store-prometheus", loki: "store-loki", tempo: "store-tempo" },
      isEditable: false,
    },
  };
}

/** Without what Grafana adds of its own. */
function ownParts(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => !name.startsWith("__") && name !== "grafana_folder"),
  );
}

function readCases(name: string): readonly TestCase[] {
  const file = join(FIXTURES, name);
  const read = readTestFile(file, readFileSync(file, "utf8"));
  if (read.status !== "ok") throw new Error(JSON.stringify(read.faults));
  return read.cases;
}

/** Every case at a time of its own: one store holds them all. */
function inSlots(tests: readonly TestCase[]): TestCase[] {
  const first = Date.parse("2021-01-04T00:00:00Z");
  return tests.map((one, index) => ({ ...one, startMillis: first + index * SLOT_MILLIS }));
}

function isComparable({ test: one, records, durationMillis, grafana }: PreparedCase): boolean {
  return (
    durationMillis > 0 &&
    durationMillis <= MAX_MILLIS &&
    // Nothing records here, and the samples of some figures are times of the usual start.
    records.length === 0 &&
    !one.series.some(
      ({ series, tokens }) => /expiry|last_found/.test(series) || tokens.includes("stale"),
    ) &&
    grafana.every(({ status }) => status === "ok")
  );
}

function datasources(prometheusUrl: string, lokiUrl: string): string {
  const common = { access: "proxy", editable: false };
  return JSON.stringify({
    apiVersion: 1,
    datasources: [
      { ...common, name: "P", uid: "store-prometheus", type: "prometheus", url: prometheusUrl },
      {
        ...common,
        name: "L",
        uid: "store-loki",
        type: "loki",
        url: lokiUrl,
        jsonData: { httpHeaderName1: "X-Scope-OrgID" },
        secureJsonData: { httpHeaderValue1: TENANT },
      },
    ],
  });
}

interface Frame {
  readonly schema: { readonly fields: readonly { readonly labels?: Record<string, string> }[] };
  readonly data: { readonly values: readonly (readonly (string | null)[])[] };
}

/** What each evaluation left, one text a tick. */
async function backtest(
  { url, authorization }: RealServer,
  model: Model,
  { test: one, rules, durationMillis }: PreparedCase,
): Promise<readonly string[]> {
  const [rule] = rules;
  const body = emitGrafana(model).find(({ kind, id }) => kind === "rule" && id === rule?.id)?.body;
  if (!body) throw new Error(`no rule for ${one.name}`);
  const everyMillis = Number(body["interval"]) * 1000;
  const response = await fetch(`${url}/api/v1/rule/backtest`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({
      from: new Date(one.startMillis).toISOString(),
      to: new Date(
        one.startMillis + Math.floor(durationMillis / everyMillis) * everyMillis + everyMillis,
      ).toISOString(),
      interval: `${everyMillis / 1000}s`,
      condition: body["condition"],
      data: body["data"],
      for: body["for"],
      title: body["title"],
      labels: body["labels"],
      annotations: body["annotations"],
      no_data_state: body["noDataState"],
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${one.name}: ${response.status} ${text}`);
  const frame = JSON.parse(text) as Frame;
  const [times = [], ...states] = frame.data.values;
  return times.map((_, tick) => {
    const alerts = states.flatMap((values, column) => {
      // The answer has what an evaluation changed or confirmed; what it did not find stays as it was.
      const state = values.slice(0, tick + 1).findLast((value) => value !== null);
      if (typeof state !== "string" || state.startsWith("Normal")) return [];
      const labels = frame.schema.fields[column + 1]?.labels ?? {};
      return [`${state.split(" ")[0]} ${describeLabels(labels)}`];
    });
    return alerts.toSorted().join("; ");
  });
}

function describeTick({ alerts }: Tick): string {
  const names = { pending: "Pending", firing: "Alerting", error: "Error" } as const;
  return alerts
    .flatMap(({ state, labels }) => {
      const { alertname: _, ...own } = labels;
      return state === "normal" || state === "no data"
        ? []
        : [`${names[state]} ${describeLabels(own)}`];
    })
    .toSorted()
    .join("; ");
}

function describeLabels(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
