import { describe, expect, test } from "vitest";
import type { Sample } from "../../src/rule-test/case.ts";
import { readStep } from "../../src/rule-test/grafana/read-step.ts";
import { type AlertRecords, nextRecords } from "../../src/rule-test/grafana/state-machine.ts";
import { CURRENT_GRAFANA, GRAFANA_11_0, runSteps } from "../../src/rule-test/grafana/steps.ts";
import { judgeSteps, type Verdict } from "../../src/rule-test/grafana/verdict.ts";

// Every expectation is what Grafana's sources say (named in the files under test); that they are
// read rightly is proved by test/grafana/rule-tests.test.ts on a real Grafana.

const engineOf = () => "prometheus" as const;
const query = (refId: string) =>
  readStep({ refId, datasourceUid: "p", model: { expr: refId, instant: true } }, engineOf);
const math = (expression: string) =>
  readStep(
    { refId: "C", datasourceUid: "__expr__", model: { type: "math", expression } },
    engineOf,
  );
const threshold = (type: string, ...params: number[]) =>
  readStep(
    {
      refId: "C",
      datasourceUid: "__expr__",
      model: { type: "threshold", expression: "A", conditions: [{ evaluator: { type, params } }] },
    },
    engineOf,
  );

function judge(
  condition: ReturnType<typeof readStep>,
  vectors: Readonly<Record<string, readonly Sample[]>>,
  semantics = CURRENT_GRAFANA,
): string[] {
  const steps = [...Object.keys(vectors).map(query), condition];
  const results = runSteps(steps, new Map(Object.entries(vectors)), semantics);
  return judgeSteps({ condition: "C", steps }, results).map(
    ({ state, labels }) => `${state} ${JSON.stringify(labels)}`,
  );
}

const one = (value: number, labels: Sample["labels"] = {}): Sample[] => [{ labels, value }];

describe("expressions", () => {
  test.each([
    ["$A > 1", 2, "alerting"],
    ["$A > 1", 1, "normal"],
    ["$A > 1 && $A < 3", 2, "alerting"],
    ["1 + 2 * 3 == 7 && ${A} == 2", 2, "alerting"],
    ["!($A > 1) || -$A == -2", 2, "alerting"],
    ["2 ** 3 == 8 && 7 % 4 == 3 && $A == 0.5e1", 5, "alerting"],
    ["is_number($A)", Number.NaN, "normal"],
    ["is_nan($A)", Number.NaN, "alerting"],
    ["is_inf($A) && !is_null($A)", Number.POSITIVE_INFINITY, "alerting"],
    ["round($A) == -3 && abs($A) == 2.5 && floor($A) == -3 && ceil($A) == -2", -2.5, "alerting"],
    // A comparison with NaN is NaN, which is not zero, and so it fires.
    ["$A > 1", Number.NaN, "alerting"],
    ["is_number($A > 1) && $A > 1", Number.NaN, "normal"],
  ])("%s of %d is %s", (expression, value, state) => {
    expect(judge(math(expression), { A: one(value) })).toEqual([`${state} {}`]);
  });

  test.each([
    ["gt", [1], 2, "alerting"],
    ["lt", [1], 1, "normal"],
    ["within_range", [1, 3], 2, "alerting"],
    ["outside_range", [1, 3], 4, "alerting"],
    ["gte", [1], 1, "alerting"],
    ["ne", [1], 1, "normal"],
  ])("threshold %s %j of %d is %s", (type, params, value, state) => {
    expect(judge(threshold(type, ...params), { A: one(value) })).toEqual([`${state} {}`]);
  });

  test("until 11.0 a threshold has six decimals, and NaN fires", () => {
    expect(judge(threshold("gt", 0.0000001), { A: one(0.00000005) })).toEqual(["normal {}"]);
    expect(judge(threshold("gt", 0.0000001), { A: one(0.00000005) }, GRAFANA_11_0)).toEqual([
      "alerting {}",
    ]);
    expect(judge(threshold("gt", 1), { A: one(Number.NaN) })).toEqual(["normal {}"]);
    expect(judge(threshold("gt", 1), { A: one(Number.NaN) }, GRAFANA_11_0)).toEqual([
      "alerting {}",
    ]);
  });

  test("values are joined where the labels of one side hold those of the other", () => {
    const A = [
      ...one(5, { service: "api", host: "a" }),
      ...one(5, { service: "shop", host: "b" }),
      ...one(5, { service: "none", host: "c" }),
    ];
    const B = [...one(1, { service: "api" }), ...one(9, { service: "shop" })];
    expect(judge(math("$A > 1 && $B < 5"), { A, B })).toEqual([
      'alerting {"service":"api","host":"a"}',
      'normal {"service":"shop","host":"b"}',
    ]);
    // Two single values are joined whatever they are called, and lose their labels.
    expect(judge(math("$A > $B"), { A: one(5, { a: "1" }), B: one(1, { b: "2" }) })).toEqual([
      "alerting {}",
    ]);
  });

  test("a query that finds nothing makes the whole rule no data, also one that nothing reads", () => {
    expect(judge(math("$A > 1"), { A: one(5), fact: [] })).toEqual([
      'no data {"datasource_uid":"p","ref_id":"fact"}',
    ]);
  });

  test("results of equal labels are an error", () => {
    expect(judge(math("$A > 1"), { A: [...one(5), ...one(6)] })[0]).toMatch(/^error/);
  });

  test.each([
    [{ refId: "A", datasourceUid: "p", model: { expr: "x", range: true } }, "range query"],
    [
      { refId: "A", datasourceUid: "p", model: { expr: "x[$__rate_interval]", instant: true } },
      "variable",
    ],
    [
      { refId: "C", datasourceUid: "__expr__", model: { type: "classic_conditions" } },
      "classic_conditions",
    ],
    [
      { refId: "C", datasourceUid: "__expr__", model: { type: "math", expression: "$A >" } },
      "not expected",
    ],
    [
      { refId: "C", datasourceUid: "__expr__", model: { type: "math", expression: "$A ? 1" } },
      "not understood",
    ],
  ])("what tests cannot run is refused by name: %j", (step, message) => {
    expect(() => readStep(step, engineOf)).toThrow(message);
  });
});

describe("states", () => {
  const rule = {
    everyMillis: 60_000,
    forMillis: 120_000,
    keepFiringForMillis: 0,
    noDataState: "OK",
    execErrState: "Error",
    missingSeriesEvals: 2,
  } as const;
  const verdict = (state: Verdict["state"], labels: Sample["labels"] = {}): Verdict => ({
    state,
    labels,
    values: new Map(),
  });

  /** One letter an evaluation: a alerting, n normal, d no data, e error, - a series that is gone. */
  function play(letters: string, change: object = {}): string {
    const states = { a: "alerting", n: "normal", d: "no data", e: "error" } as const;
    let records: AlertRecords = new Map();
    return [...letters]
      .map((letter, tick) => {
        const verdicts =
          letter === "-"
            ? [verdict("normal", { other: "1" })]
            : [verdict(states[letter as keyof typeof states])];
        records = nextRecords(
          { ...rule, ...change },
          records,
          verdicts,
          tick * 60_000,
          CURRENT_GRAFANA,
        );
        return [...records.values()].find(({ labels }) => !("other" in labels))?.state ?? "gone";
      })
      .join(" ");
  }

  test.each([
    ["naaaa", {}, "Normal Pending Pending Alerting Alerting"],
    ["aan", {}, "Pending Pending Normal"],
    ["an", { forMillis: 0 }, "Alerting Normal"],
    [
      "aann",
      { forMillis: 0, keepFiringForMillis: 120_000 },
      "Alerting Alerting Recovering Recovering",
    ],
    [
      "annna",
      { forMillis: 0, keepFiringForMillis: 120_000 },
      "Alerting Recovering Recovering Normal Alerting",
    ],
    ["ana", { forMillis: 0, keepFiringForMillis: 120_000 }, "Alerting Recovering Alerting"],
    // Missing series resolve at the second evaluation without them.
    ["a---", { forMillis: 0 }, "Alerting Alerting gone gone"],
    ["ad", { forMillis: 0 }, "Alerting Normal"],
    ["ad", { forMillis: 0, noDataState: "KeepLast" }, "Alerting Alerting"],
    ["nd", { forMillis: 0, noDataState: "Alerting" }, "Normal Alerting"],
    ["ndd", { noDataState: "NoData" }, "Normal NoData NoData"],
    ["ne", {}, "Normal Error"],
    ["ae", { forMillis: 0, execErrState: "OK" }, "Alerting Normal"],
    ["ne", { forMillis: 0, execErrState: "Alerting" }, "Normal Alerting"],
    ["aea", { execErrState: "KeepLast" }, "Pending Pending Alerting"],
  ])("%s with %j is %s", (letters, change, states) => {
    expect(play(letters, change)).toBe(states);
  });
});
